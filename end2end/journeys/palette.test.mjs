// The command palette: anywhere by typing, and as a page for who has no script.
import assert from "node:assert/strict";
import { test } from "node:test";
import { search } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";
import { awake, inspect } from "../harness/look.mjs";

const house = useHouse();
const input = (page) => page.getByRole("combobox", { name: "Jump to" });

test("by keyboard: opened, typed, gone to, and closed with the focus back where it was", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Typing");
  await workspace.repository("acme/infra");
  await page.goto(workspace.path);
  await awake(page);
  await page.keyboard.press("Control+k");
  await input(page).waitFor();
  await page.getByRole("option", { name: /^Overview/ }).waitFor();
  await page.keyboard.type("infra perm");
  const first = page.getByRole("option", { name: /^Permissions of acme\/infra/ });
  await first.waitFor();
  assert.equal(await first.getAttribute("aria-selected"), "true");
  await inspect(page, "palette");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/permissions");
  await awake(page);
  await page.getByRole("link", { name: /^Jump to/ }).first().focus();
  // As on a Mac.
  await page.keyboard.press("Meta+k");
  await input(page).waitFor();
  await page.keyboard.press("Escape");
  await input(page).waitFor({ state: "detached" });
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /Jump to/);
});

test("Enter before the answer is there goes to what was typed, not to what was listed", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Quick");
  await page.goto(workspace.path);
  await awake(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: /^Overview/ }).waitFor();
  await page.keyboard.type("activity");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/activity");
});

test("nothing that is found says so, and what is typed is only text", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Nothing here");
  await page.goto(workspace.path);
  await awake(page);
  await page.keyboard.press("Control+k");
  await input(page).fill("<img src=x onerror=alert(1)>");
  await page.getByText("Nothing is called that here").waitFor();
});

test("the switcher keeps the page", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "First one");
  await house.workspace(page, "Second one");
  await page.goto(`${workspace.path}/locks`);
  await page.locator("summary").filter({ hasText: "switch workspace" }).click();
  await page.getByRole("link", { name: /^Second one/ }).click();
  await page.waitForURL("**/second-one/locks");
});

test("without JavaScript it is a page", async (t) => {
  const page = await house.enter(t, { javaScript: false });
  const workspace = await house.workspace(page, "Without it");
  await page.goto(`${workspace.path}/stacks`);
  await page.getByRole("link", { name: /^Jump to/ }).first().click();
  await page.waitForURL("**/dashboard/jump?workspace=without-it");
  await search(page, "Jump to", "setti");
  await page.getByRole("link", { name: "Workspace Settings" }).click();
  await page.waitForURL("**/without-it/settings");
});
