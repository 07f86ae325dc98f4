// Two browsers: a member who sees only what is granted asks for a repository, and the owner grants it for a week.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";
import { inspect } from "../harness/look.mjs";
import { join } from "../harness/people.mjs";

const house = useHouse();

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  const tag = javaScript ? "js" : "still";

  test(`${how}: who is granted a repository on request sees it, and nothing else`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Granting ${tag}`);
    const infra = await workspace.repository("acme/infra");
    const network = await workspace.repository("acme/network");
    await owner.goto(`${workspace.path}/settings`);
    await owner.getByLabel("Members see only repositories granted to them").check();
    await press(owner, "Save changes");
    const mia = { name: "Mia Ravensworth", email: `mia-${tag}@acme.example` };
    const guest = await join(t, house, workspace, { ...mia, javaScript, tolerate: /status of 404/ });
    await guest.goto(`${workspace.path}/repositories`);
    await guest.getByText("Nothing here is granted to you").waitFor();
    assert.equal((await guest.goto(`${infra.path}/permissions`)).status(), 404);

    await guest.goto(`${workspace.path}/repositories`);
    await guest.getByRole("link", { name: "Request access" }).click();
    if (javaScript) await inspect(guest, "requests-ask");
    await guest.getByLabel("Repository", { exact: true }).fill("acme/infra");
    await guest.getByLabel("Role on it").selectOption("Write");
    await guest.getByLabel("Why").fill("To roll out the network");
    await press(guest, "Request access", guest.locator("form"));
    await guest.getByText("Write on acme/infra").first().waitFor();

    await owner.goto(`${workspace.path}/team`);
    await owner.getByRole("link", { name: /^Access requests\s*1$/ }).click();
    await owner.getByRole("link", { name: "Decide" }).click();
    await owner.getByLabel("Grant it").selectOption("7 days");
    await press(owner, "Approve");
    await owner.getByText("Mia Ravensworth has Write on acme/infra from the next request on.").waitFor();

    await guest.goto(`${workspace.path}/repositories`);
    await guest.getByRole("link", { name: "acme/infra" }).first().waitFor();
    assert.ok(!(await guest.content()).includes("acme/network"), "the other one is not there");
    assert.equal((await guest.goto(`${network.path}/permissions`)).status(), 404);
    await owner.goto(`${infra.path}/access`);
    await press(owner, "Revoke Write of Mia Ravensworth");
    assert.equal((await guest.goto(`${infra.path}/permissions`)).status(), 404);
  });
}
