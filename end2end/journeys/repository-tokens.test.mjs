// Repository tokens: shown once, used, revoked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { copies, openUntilNot, press } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();
const KEY = "acme/infra/plat-ue1-prod/vpc";

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a repository token is shown once, lets a script in, and stops when it is revoked, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Juniper ${how}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:locks:create");
    await workspace.permission(repository, "ws:locks:delete");
    const settings = `${workspace.path}/settings`;

    await page.goto(settings);
    const tokens = page.locator("#tokens");
    await tokens.getByText("There is no repository token.").waitFor();
    await page.fill("#token-name", "nightly-apply");
    await page.selectOption("#token-days", "30");
    await press(page, "Generate Token", tokens);
    await page.getByText("It is shown this once").waitFor();
    const secret = await page.getByRole("status", { name: "Repository token" }).textContent();
    assert.match(secret, /^stackyard_repo_[0-9A-Za-z]+$/);
    await copies(page, "Copy Repository token", secret, javaScript);

    const row = page.getByRole("row").filter({ hasText: "nightly-apply" });
    await page.reload();
    assert.ok(!(await page.content()).includes(secret), "it is not shown again");
    await page.goto(settings);
    assert.match(await row.textContent(), /acme\/infra.*by Ida Brambleford.*never/s, "it was never used");
    assert.match(await row.textContent(), /in 30 days|in 29 days/);

    assert.equal((await workspace.cli.lock(secret, KEY)).status, 201);
    await openUntilNot(page, settings, row, /never/);

    await row.getByRole("link", { name: "Revoke nightly-apply" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("nightly-apply").first().waitFor();
    assert.equal((await workspace.cli.unlock(secret, KEY)).status, 200, "nothing is revoked before it is confirmed");
    await press(page, /^Revoke/, dialog);
    await page.getByText("The token is revoked.").waitFor();
    assert.match(await row.textContent(), /revoked/);
    assert.equal(await row.getByRole("link", { name: /^Revoke/ }).count(), 0);
    assert.equal((await workspace.cli.lock(secret, KEY)).status, 401);
  });

  test(`a repository token without a name is refused at its field, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Kestrel ${how}`);
    await workspace.repository("acme/infra");
    await page.goto(`${workspace.path}/settings`);
    await page.fill("#token-name", "   ");
    await page.selectOption("#token-days", "365");
    await press(page, "Generate Token", page.locator("#tokens"));
    await page.locator("#token-name-e").getByText("A name has 1 to 100 characters.").waitFor();
    assert.equal(await page.inputValue("#token-days"), "365", "what was chosen comes back");
    await page.getByText("There is no repository token.").waitFor();
  });
}
