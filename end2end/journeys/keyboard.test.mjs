// Everything by keyboard: the focus can be seen at every stop, and a dialog keeps it and gives it back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newPage } from "../harness/browser.mjs";
import { PERSON, useHouse } from "../harness/house.mjs";
import { focused, stops, tabTo } from "../harness/keyboard.mjs";

const house = useHouse();

test("somebody signs in and adds a workspace, a repository and a permission by keyboard alone", async (t) => {
  const page = await newPage(t, house.browser, { origin: house.server.origin });
  const type = (text) => page.keyboard.type(text);
  const follow = async (name, address) => {
    await tabTo(page, name);
    await page.keyboard.press("Enter");
    await page.waitForURL(address);
  };
  await page.goto("/start");
  await tabTo(page, "email");
  await type(PERSON.email);
  await tabTo(page, "password");
  await type(PERSON.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/start");
  await tabTo(page, "name");
  await type("Alder by keyboard");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard/workspaces/alder*");
  await follow("Configured Repositories", "**/repositories");
  await follow("Add Repository", "**/repositories?add*");
  await tabTo(page, "name");
  await type("acme/infra");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/permissions*");
  await follow("Add Permissions", "**/permissions/new*");
  await tabTo(page, "branch");
  await page.keyboard.press("Control+A");
  await type("main");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname.endsWith("/permissions"));
  await page.getByText("ws:affected_stacks:create").first().waitFor();
});

test("the first stop of every page leads over the sidebar to what the page is about", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Bramble skipped");
  await page.goto(`${workspace.path}/settings`);
  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).text, "Skip to content");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/settings#main");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null), "the next stop is in the page");
});

test("the focus can be seen at every stop of every page with forms, tables and menus", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Cobnut tabbed");
  const repository = await workspace.repository("acme/infra");
  await workspace.permission(repository, "ws:locks:create");
  const session = (await workspace.cli.exchange()).data.token;
  assert.equal((await workspace.cli.lock(session, "acme/infra/dev/vpc")).status, 201);
  for (const path of [
    workspace.path,
    `${workspace.path}/repositories?add=1`,
    `${repository.path}/permissions`,
    `${repository.path}/setup`,
    `${workspace.path}/locks`,
    `${workspace.path}/activity`,
    `${workspace.path}/settings`,
    "/account",
  ]) {
    await page.goto(path);
    await page.evaluate(() => document.activeElement.blur());
    const unseen = (await stops(page)).filter(({ ring }) => !ring).map(({ is }) => is);
    assert.deepEqual(unseen, [], `stops of ${path} whose focus cannot be seen`);
  }
});

const opened = async (t, name, opener) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, name);
  const repository = await workspace.repository("acme/infra");
  await workspace.permission(repository, "ws:locks:create");
  const list = `${repository.path}/permissions`;
  await page.goto(list);
  await tabTo(page, opener);
  await page.keyboard.press("Enter");
  await page.locator("dialog :focus").waitFor();
  return { page, list };
};

for (const opener of ["Add Permissions", "Edit Locks Create on *", "Remove Locks Create on *"]) {
  test(`the dialog behind “${opener}” takes the focus, keeps it, and gives it back when it is closed`, async (t) => {
    const { page, list } = await opened(t, `Dogwood ${opener}`, opener);
    const round = await stops(page);
    assert.deepEqual(
      round.filter(({ inDialog }) => !inDialog).map(({ is }) => is),
      [],
      "nothing behind it has the focus",
    );
    assert.deepEqual(
      round.filter(({ ring }) => !ring).map(({ is }) => is),
      [],
      "every stop can be seen",
    );
    await tabTo(page, "Cancel");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === list);
    await page.getByRole("link", { name: opener }).and(page.locator(":focus")).waitFor();
  });
}

test("Escape closes a dialog", async (t) => {
  const { page, list } = await opened(t, "Elder escaped", "Add Permissions");
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => url.pathname === list);
  assert.equal(await page.getByRole("dialog").count(), 0);
});
