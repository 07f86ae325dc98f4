// The permissions of a repository: the starter set, patterns while one types, editing, removing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press, unfold } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`the starter set lets main take locks and no other branch, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Rowan ${how}`);
    const repository = await workspace.repository("acme/infra");
    await page.goto(`${repository.path}/permissions`);
    await page.getByText("No permission yet").waitFor();
    await press(page, "Add the starter set");
    await page.getByText("The starter set is added").waitFor();
    const cards = page.locator("main ol > li");
    const kinds = await cards.locator("h2").allTextContents();
    assert.ok(kinds.includes("Locks Create") && kinds.includes("Locks Delete"), kinds.join());
    assert.equal(await cards.filter({ hasText: "ws:locks:create" }).locator("dd").nth(1).innerText(), "exact\nmain");
    assert.equal(await page.getByRole("button", { name: "Add the starter set" }).count(), 0);

    const main = (await workspace.cli.exchange()).data.token;
    assert.equal((await workspace.cli.lock(main, "acme/infra/dev/vpc")).status, 201);
    const other = (await workspace.cli.exchange({ branch: "feature/x" })).data.token;
    assert.equal((await workspace.cli.lock(other, "acme/infra/dev/db")).status, 403);
  });

  test(`a permission is edited and removed, and the next request is decided by that, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Sorrel ${how}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:locks:create", { branch: "release/.*" });
    await workspace.permission(repository, "ws:commits:create");
    const session = (await workspace.cli.exchange()).data.token;
    const lock = async (name) => (await workspace.cli.lock(session, `acme/infra/dev/${name}`)).status;
    assert.equal(await lock("a"), 403);

    await page.goto(`${repository.path}/permissions`);
    await page.getByRole("link", { name: "Edit Locks Create on release/.*" }).click();
    await page.waitForURL("**/edit");
    const dialog = page.getByRole("dialog", { name: "Edit permission" });
    assert.equal(await dialog.locator("#kind").inputValue(), "ws:locks:create");
    assert.equal(await dialog.locator("#branch").inputValue(), "release/.*");
    assert.ok(await dialog.locator("[name=pull_request]").isChecked());
    await dialog.locator("#branch").fill("main");
    await press(page, "Save permission", dialog);
    await page.getByText("Locks Create is saved.").waitFor();
    assert.equal(await lock("b"), 201, "the next request");

    await page.getByRole("link", { name: "Remove Locks Create on main" }).click();
    await page.waitForURL("**/remove");
    await page.getByRole("dialog", { name: "Remove Locks Create" }).getByRole("link", { name: "Cancel" }).click();
    await page.waitForURL(/\/permissions#remove-perm_/);
    assert.equal(await lock("c"), 201, "nothing is removed yet");
    await page.getByRole("link", { name: "Remove Locks Create on main" }).click();
    await press(page, "Remove permission");
    await page.getByText("The permission is removed.").waitFor();
    assert.equal(await page.getByText("ws:locks:create").count(), 0);
    assert.equal(await lock("d"), 403, "the next request");
  });

  test(`each bad pattern is refused at its place, and the others stay as typed, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Tansy ${how}`);
    const repository = await workspace.repository("acme/infra");
    await page.goto(`${repository.path}/permissions/new`);
    await page.selectOption("#kind", "ws:deployments:create");
    await page.fill("#workflow", "[a-");
    await page.fill("#branch", "release/.*");
    await page.fill("#environment", "prod|(eu");
    await unfold(page, /^More/);
    await page.getByLabel("workflow_run").check();
    // What is told while somebody types moves the button, which is to stand still when it is pressed.
    if (javaScript) await page.locator("#environment-e").getByText("This ( is never closed.").waitFor();
    await press(page, "Add permission");
    await page.getByText("2 fields need a change").waitFor();
    assert.match(await page.locator("#workflow-e").innerText(), /column \d/);
    assert.match(
      await page.locator("#environment-e").innerText(),
      /prod\|\(eu\s+\^ column 6\s+This \( is never closed\./,
    );
    assert.equal((await page.locator("#branch-e").innerText()).trim(), "");
    assert.equal(await page.locator("#environment").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator("#branch").getAttribute("aria-invalid"), null);
    assert.equal(await page.inputValue("#kind"), "ws:deployments:create");
    assert.equal(await page.inputValue("#workflow"), "[a-");
    assert.equal(await page.inputValue("#branch"), "release/.*");
    assert.ok(await page.getByLabel("workflow_run").isChecked());
  });
}

test("a pattern is told to be any, exact or regex while it is typed, and a bad one where it is bad", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Umber live");
  const repository = await workspace.repository("acme/infra");
  await page.goto(`${repository.path}/permissions/new`);
  const field = page.locator("#branch");
  const kind = field.locator("..").locator("output");
  const told = (words) => kind.filter({ hasText: new RegExp(`^${words}$`) }).waitFor();
  await told("any");
  for (const [typed, words] of [
    ["main", "exact"],
    ["main|develop", "regex"],
    ["feature/1.2", "exact"],
    ["prod.*", "regex"],
    ["*", "any"],
    ["", "any"],
  ]) {
    await field.fill(typed);
    await told(words);
  }
  await field.fill("release/(a|b");
  const error = page.locator("#branch-e");
  await error.getByText("This ( is never closed.").waitFor();
  assert.match(await error.innerText(), /\^ column 9/);
  const wrong = page.locator("#branch[aria-invalid=true]");
  assert.equal(await wrong.count(), 1);
  await field.fill("release/(a|b)");
  await error.getByText("This ( is never closed.").waitFor({ state: "hidden" });
  await wrong.waitFor({ state: "detached" });
});
