// Locks on their page: who holds them, for how long, and how they end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press, sendForm, unfold } from "../harness/act.mjs";
import { PERSON, useHouse } from "../harness/house.mjs";

const house = useHouse();

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a workflow's lock shows its holder, its run and the time that is left, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Larch ${how}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:locks:create");
    const session = (await workspace.cli.exchange()).data.token;
    const taken = await workspace.cli.lock(session, "acme/infra/prod/eks/cluster", { ttl: 600 });
    assert.equal(taken.status, 201);

    await page.goto(`${workspace.path}/locks`);
    const row = page.getByRole("row").filter({ hasText: "prod/eks/cluster" });
    const run = row.getByRole("link", { name: "Run 20931" });
    assert.match(await run.getAttribute("href"), /^https:\/\/github\.com\/acme\/infra\/actions\/runs\/20931/);
    const left = row.getByText(/^(9m \d\ds|10m 00s)/).first();
    await left.waitFor();
    const before = await left.textContent();
    if (javaScript) {
      await page.waitForFunction((text) => !document.body.innerText.includes(text), before);
    } else {
      await page.waitForTimeout(1500);
      assert.equal(await left.textContent(), before, "it stands still without a script");
    }
  });

  test(`a lock of one's own is released, and another's is forced with a reason, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Rowan ${how}`);
    const repository = await workspace.repository("acme/infra");
    for (const kind of ["ws:locks:create", "ws:locks:delete"]) await workspace.permission(repository, kind);
    const session = (await workspace.cli.exchange()).data.token;
    await workspace.cli.lock(session, "acme/infra/prod/eks", { ttl: 600 });
    const held = (key) => page.getByRole("table", { name: "Locks held, soonest to run out first" }).getByRole("row").filter({ hasText: key });

    await page.goto(`${workspace.path}/locks`);
    await unfold(page, "Take a lock");
    await sendForm(page, { "[name=stack]": "dev", "[name=component]": "rds", "[name=message]": "By hand" }, "Take lock");
    await held("dev/rds").getByText(PERSON.name).first().waitFor();
    await press(page, "Release acme/infra/dev/rds");
    assert.equal(await held("dev/rds").count(), 0);

    const menu = held("prod/eks");
    await menu.locator("summary").click();
    await menu.getByRole("link", { name: "Force-release…" }).click();
    await sendForm(page, { "[name=reason]": " " }, "Force-release");
    await page.getByText("Write why, in 3 to 500 characters.").first().waitFor();
    await sendForm(page, { "[name=reason]": "The runner is gone" }, "Force-release");
    assert.equal(await held("prod/eks").count(), 0);
    await page.getByText(`by ${PERSON.name}: “The runner is gone”`).first().waitFor();
    await page.goto(`${workspace.path}/activity?q=runner`);
    await page.getByText("acme/infra/prod/eks").first().waitFor();
    assert.equal((await workspace.cli.unlock(session, "acme/infra/prod/eks")).status, 404);
  });
}
