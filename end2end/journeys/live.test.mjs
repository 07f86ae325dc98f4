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

test("the open overview and the open stacks show what a workflow does", async (t) => {
  const page = await house.enter(t);
  const workspace = await begin(page, "Watching");
  const found = (await page.request.get(`${house.server.origin}${workspace.path}/repositories`)).text();
  const repository = { id: (await found).match(/repo_\w+/)[0] };
  repository.path = `${workspace.path}/repositories/${repository.id}`;
  for (const kind of ["ws:instances:create", "ws:instances:update"]) await workspace.permission(repository, kind);
  const vpc = { stack: "plat-ue1-prod", component: "vpc" };
  assert.equal((await workspace.cli.inventory(workspace.session, [vpc])).status, 200);

  await page.goto(workspace.path);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByText("Nothing is locked").waitFor();
  assert.equal((await workspace.cli.lock(workspace.session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
  await page.getByRole("region", { name: "Locks held" }).getByRole("link", { name: /vpc/ }).waitFor();
  await page.getByText("Nothing is locked").waitFor({ state: "detached" });

  await page.goto(`${workspace.path}/stacks`);
  await page.getByText("Live", { exact: true }).waitFor();
  const row = page.getByRole("row", { name: /vpc/ });
  await row.getByText("never reported").waitFor();
  assert.equal((await workspace.cli.report(workspace.session, vpc, { command: "plan", exit_code: 2 })).status, 200);
  await row.getByText("Drifted").waitFor();
  await page.getByRole("link", { name: /^Drifted\s*1$/ }).waitFor();
});

test("an open page comes back by itself when the server was away", async (t) => {
  const page = await house.enter(t, { tolerate: /Failed to load resource|ERR_|WebSocket|EventSource/ });
  const workspace = await begin(page, "Away");
  await page.goto(`${workspace.path}/activity`);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate(() => (globalThis.stayed = true));
  const before = await events(page).count();
  await house.server.fail(1500);
  // While the page was without it.
  assert.equal((await workspace.cli.lock(workspace.session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
  await page.waitForFunction((before) => document.querySelectorAll("details[id^=evt_]").length > before, before);
  await page.getByText("Live", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.stayed), true, "nobody loaded it again");
});

/** A deployment under way, its page, and what adds to its log. */
async function rollOut(page, name) {
  const workspace = await house.workspace(page, name);
  const repository = await workspace.repository("acme/infra");
  for (const kind of ["ws:instances:create", "ws:deployments:create"]) await workspace.permission(repository, kind);
  const session = (await workspace.cli.exchange()).data.token;
  const vpc = { stack: "plat-ue1-prod", component: "vpc" };
  assert.equal((await workspace.cli.inventory(session, [vpc])).status, 200);
  const made = await workspace.cli.deploy(session, vpc);
  assert.equal(made.status, 201);
  const { id } = made.data;
  let offset = 0;
  return {
    path: `${workspace.path}/deployments/${id}`,
    log: async (text) => {
      offset = await workspace.cli.log(session, id, text, offset);
    },
    finish: () => workspace.cli.progress(session, id, "success"),
  };
}

test("a followed log grows on the open page, and lets somebody read further up", async (t) => {
  const page = await house.enter(t);
  const rollout = await rollOut(page, "Logging");
  await page.goto(rollout.path);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByText("Nothing has been logged yet.").waitFor();
  await rollout.log("first line\n");
  await page.locator("#L1").getByText("first line").waitFor();
  await page.getByText("Nothing has been logged yet.").waitFor({ state: "detached" });
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index + 2}\n`).join("");
  await rollout.log(lines);
  await page.locator("#L401").waitFor();
  const box = page.getByRole("log");
  const atEnd = () => box.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40);
  assert.ok(await atEnd(), "it follows");
  await box.evaluate((box) => box.scrollTo(0, 0));
  await page.locator("#L1").waitFor();
  await page.waitForFunction(() => !document.querySelector("[role=switch]").checked);
  await rollout.log("one more\n");
  await page.getByText("402 lines").waitFor();
  assert.equal(await box.evaluate((box) => box.scrollTop), 0, "who reads is left alone");
  await page.getByRole("switch", { name: "Follow" }).check();
  await page.locator("#L402").waitFor();

  const title = await page.title();
  const hostile = ["\u001b[2J\u001b]0;pwned\u0007titled", "\u001b]8;;https://evil.example/x\u001b\\linked\u001b]8;;\u001b\\"];
  await rollout.log(`${hostile.join("\n")}\n<img src=x onerror=alert(1)>\n`);
  await page.locator("#L405").getByText("<img src=x onerror=alert(1)>").waitFor();
  assert.match(await page.locator("#L403").innerText(), /^\s*(403)?\s*titled$/);
  assert.match(await page.locator("#L404").innerText(), /^\s*(404)?\s*linked$/);
  assert.equal(await page.title(), title, "a log sets no title");
  assert.equal(await box.locator("img, a[href*='evil']").count(), 0, "and makes no link and no picture");
  await rollout.finish();
  await page.getByText(/^Done/).first().waitFor();
});

test("a hundred thousand lines are scrolled, searched and linked without a stutter", async (t) => {
  const page = await house.enter(t);
  const rollout = await rollOut(page, "Long logging");
  const all = Array.from({ length: 100_000 }, (_, index) => `module.line[${index + 1}]: Refreshing state...`);
  await rollout.log(`${all.join("\n")}\n`);
  await rollout.finish();
  await page.goto(rollout.path);
  await page.locator("#L100000").waitFor();
  const box = page.getByRole("log");
  const frames = await box.evaluate(async (box) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const took = [];
    let last = performance.now();
    for (let step = 0; step < 120; step += 1) {
      box.scrollTop = (box.scrollHeight * (step % 40)) / 40 + step * 600;
      await frame();
      const now = performance.now();
      took.push(now - last);
      last = now;
    }
    return took.sort((one, other) => one - other);
  });
  // A page that draws every line is slow in every frame; what the machine does beside it delays one or two.
  const slow = frames[Math.floor(frames.length * 0.95)];
  assert.ok(slow < 250, `one frame in twenty took more than ${slow} ms`);
  const drawn = await box.locator("p").count();
  assert.ok(drawn < 300, `${drawn} lines are in the page`);
  await page.getByRole("searchbox", { name: "Search the log" }).fill("line[54321]");
  await page.keyboard.press("Enter");
  await page.getByText("1 of 1").waitFor();
  await page.locator("#L54321 mark").waitFor();
  await page.locator("#L54321 a").click();
  assert.match(page.url(), /#L54321$/);
  await page.goto(`${rollout.path}#L77`);
  await page.reload();
  await page.locator("#L77[data-marked]").waitFor();
});

test("without JavaScript a log is read in windows", async (t) => {
  const page = await house.enter(t, { javaScript: false });
  const rollout = await rollOut(page, "Still logging");
  await rollout.log(Array.from({ length: 1500 }, (_, index) => `line ${index + 1}\n`).join(""));
  await page.goto(rollout.path);
  await page.getByText("Lines 501 to 1,500 of 1,500").waitFor();
  await page.getByRole("link", { name: "Earlier" }).first().click();
  await page.locator("#L1").waitFor();
  await page.getByRole("searchbox", { name: "Search the log" }).fill("line 777");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Line 777" }).click();
  assert.match(page.url(), /#L777$/);
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
