// Pages that follow what changes: what a workflow does shows on a page that is open, and what is open there stays open.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();
const events = (page) => page.locator("details[id^=evt_]");

async function begin(page, name) {
  const workspace = await house.workspace(page, name);
  const repository = await workspace.repository("acme/infra");
  await workspace.permission(repository, "ws:locks:create", { branch: "main" });
  return { ...workspace, session: (await workspace.cli.exchange()).data.token };
}

test("a lock that a workflow takes shows in the open log, and an opened event stays open", async (t) => {
  const page = await house.enter(t);
  const workspace = await begin(page, "Following");
  await page.goto(`${workspace.path}/activity`);
  await page.getByText("Live", { exact: true }).waitFor();
  const opened = events(page).first();
  const id = await opened.getAttribute("id");
  await opened.locator("summary").click();
  await page.getByRole("heading", { level: 1 }).click();
  await page.evaluate(() => document.activeElement?.blur());
  const before = await events(page).count();
  assert.equal((await workspace.cli.lock(workspace.session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
  await page.waitForFunction((before) => document.querySelectorAll("details[id^=evt_]").length > before, before);
  assert.equal(await page.locator(`[id="${id}"]`).getAttribute("open"), "");
});

test("a countdown that arrives on an open page runs", async (t) => {
  const page = await house.enter(t);
  const workspace = await begin(page, "Counting");
  await page.goto(`${workspace.path}/locks`);
  await page.getByText("Live", { exact: true }).waitFor();
  assert.equal((await workspace.cli.lock(workspace.session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
  const left = page.locator("leptos-island").filter({ hasText: /\ds/ }).first();
  await left.waitFor();
  const first = await left.textContent();
  await page.waitForFunction(
    ([element, first]) => element.textContent !== first,
    [await left.elementHandle(), first],
  );
});

test("without JavaScript the page is as it was loaded, and says nothing of being live", async (t) => {
  const page = await house.enter(t, { javaScript: false });
  const workspace = await begin(page, "Still");
  await page.goto(`${workspace.path}/activity`);
  assert.equal(await page.getByText("Live", { exact: true }).count(), 0);
  const before = await events(page).count();
  assert.equal((await workspace.cli.lock(workspace.session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
  await page.reload();
  assert.ok((await events(page).count()) > before);
});
