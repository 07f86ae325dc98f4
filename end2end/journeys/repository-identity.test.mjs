// Which repository is it: the numeric id decides, the name is a label.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();
const PINNED = { repository: "acme/infra", repository_id: "74", repository_owner_id: "65" };

/** The claims of a repository, with all that names it. */
const of = (name, id, ownerId) => ({
  repository: name,
  repository_id: id,
  repository_owner: name.split("/")[0],
  repository_owner_id: ownerId,
  sub: `repo:${name}:ref:refs/heads/main`,
  workflow_ref: `${name}/.github/workflows/deploy.yaml@refs/heads/main`,
  job_workflow_ref: `${name}/.github/workflows/deploy.yaml@refs/heads/main`,
});

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a repository that was renamed is held until an admin confirms it, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Pomelo ${how}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:locks:create");
    const renamed = of("acme-group/infra-live", PINNED.repository_id, "66");
    assert.equal((await workspace.cli.exchange(PINNED)).status, 200, "the first exchange pins the id");
    const held = await workspace.cli.exchange(renamed);
    assert.equal(held.status, 403);
    assert.equal(held.errorTag, "RepositoryHeld");

    await page.goto(workspace.path);
    await page.getByText("turned up under another name or owner").waitFor();
    await page.getByRole("link", { name: "Confirm" }).click();
    const banner = page.locator("main").getByText("turned up with another owner").locator("../..");
    const told = await banner.textContent();
    for (const part of ["acme/infra", "acme-group/infra-live", "id 74", "owner 65", "owner 66"]) {
      assert.ok(told.includes(part), `${part} in ${told}`);
    }
    await press(page, "Confirm");
    await page.getByText("The new name and owner are confirmed.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Confirm" }).count(), 0);
    await page.getByRole("link", { name: "acme-group/infra-live" }).waitFor();
    assert.equal((await workspace.cli.exchange(renamed)).status, 200, "its workflows are let in again");
  });

  test(`another repository with a configured one's name is refused, and admins are told, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Quarry ${how}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:locks:create");
    assert.equal((await workspace.cli.exchange(PINNED)).status, 200);
    const impostor = await workspace.cli.exchange(of("acme/infra", "7500", PINNED.repository_owner_id));
    assert.equal(impostor.status, 404);
    assert.match(impostor.errorMessage, /id 7500/);
    assert.equal((await workspace.cli.exchange(PINNED)).status, 200, "the configured one is not held for it");

    await page.goto(`${workspace.path}/activity?category=repository`);
    const event = page.locator("details[id^=evt_]").filter({ hasText: "Used the name of acme/infra" });
    await event.locator("summary").click();
    await event
      .getByText(/\b7500\b/)
      .first()
      .waitFor();
    await page.goto(`${workspace.path}/repositories`);
    assert.equal(await page.getByRole("button", { name: "Confirm" }).count(), 0, "there is nothing to confirm");
  });
}
