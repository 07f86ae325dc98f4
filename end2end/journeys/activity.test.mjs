// The log: narrowed by its filters, a denial opening to its trace, and what a person did on the pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press, unfold } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();

/** A workspace in which workflows and a person did something. */
async function busy(page, name) {
  const workspace = await house.workspace(page, name);
  const repository = await workspace.repository("acme/infra");
  await workspace.permission(repository, "ws:locks:create", { branch: "main" });
  await workspace.permission(repository, "ws:commits:create");
  const session = (await workspace.cli.exchange()).data.token;
  assert.equal((await workspace.cli.lock(session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
  const other = (await workspace.cli.exchange({ branch: "feature/heron" })).data.token;
  assert.equal((await workspace.cli.lock(other, "acme/infra/plat-ue1-dev/vpc")).status, 403);
  return { ...workspace, repositoryPath: repository.path };
}

const FILTERS = ["Outcome", "Category", "Actor", "Repository"];
const events = (page) => page.locator("details[id^=evt_]");

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`the log is narrowed by outcome, category, actor and words, and widened again, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await busy(page, `Vesper ${how}`);
    const activity = `${workspace.path}/activity`;
    await page.goto(activity);
    const all = await events(page).count();
    const sentences = async () => (await events(page).locator("summary").allTextContents()).map((text) => text.trim());
    const filter = (name) => page.getByLabel(name, { exact: true });
    /** Applies what is named and nothing else: a filter's first choice leaves nothing out. */
    const apply = async ({ words = "", ...choices }) => {
      for (const name of FILTERS)
        await filter(name).selectOption(name in choices ? { label: choices[name] } : { index: 0 });
      await page.getByLabel("Search the log").fill(words);
      await press(page, "Apply");
      const found = await sentences();
      assert.ok(found.length < all, "something is left out");
      return found;
    };
    const every = (found, pattern) => {
      assert.ok(found.length > 0, "something is found");
      for (const sentence of found) assert.match(sentence, pattern);
    };

    every(await apply({ Outcome: "Denied" }), /Denied/);
    assert.equal(await filter("Outcome").locator("option:checked").textContent(), "Denied", "the choice stays");
    every(await apply({ Category: "Permissions" }), /permission|Locks Create|Commits Create/i);
    every(await apply({ Category: "Locks" }), /plat-ue1-prod\/vpc/);
    every(await apply({ Actor: "People" }), /Ida Brambleford/);
    every(await apply({ Actor: "Workflows" }), /run 20931/);
    every(await apply({ Repository: "acme/infra" }), /acme\/infra/);
    every(await apply({ words: "heron" }), /Denied|feature\/heron|run 20931/);
    assert.equal((await apply({ Category: "Locks", Actor: "People" })).length, 0);
    await page.getByText("No event matches").waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    await page.waitForURL(`**${activity}`);
    assert.equal(await events(page).count(), all);
  });

  test(`a denial opens to its trace, and to a page of its own, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await busy(page, `Willow ${how}`);
    await page.goto(`${workspace.path}/activity?outcome=denied`);
    const denial = events(page).filter({ hasText: "Locks Create" }).first();
    await denial.getByText("stops here").first().waitFor({ state: "hidden" });
    await denial.locator("summary").click();
    await denial.getByText("stops here").first().waitFor();
    await denial.getByText("feature/heron").first().waitFor();
    assert.match(await denial.getByLabel("Reply", { exact: true }).textContent(), /needs `main`/);
    await denial.getByRole("link", { name: "This refusal on a page of its own" }).click();
    await page.waitForURL("**/why/*");
    await page.getByText("stops here").first().waitFor();
    await page.getByRole("link", { name: "Create a permission from this denial" }).waitFor();
  });

  test(`a person takes a lock, releases it again, and both are in the log, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await busy(page, `Yarrow ${how}`);
    await page.goto(`${workspace.path}/locks`);
    await unfold(page, "Take a lock");
    await page.fill("[name=stack]", "plat-ue1-prod");
    await page.fill("[name=component]", "vpc");
    await press(page, "Take lock");
    await page.getByText(/is locked/).first().waitFor();
    assert.equal(await page.inputValue("[name=component]"), "vpc", "it is held by a run; what was typed comes back");
    await page.fill("[name=component]", "rds");
    await page.fill("[name=message]", "By hand");
    await press(page, "Take lock");
    const row = page
      .getByRole("table", { name: /^Locks held/ })
      .getByRole("row")
      .filter({ hasText: "rds" });
    await row.waitFor();
    assert.equal(await row.getByRole("link", { name: /force/i }).count(), 0, "one's own lock needs no force");
    await press(page, /^Release/, row);
    const ended = page
      .getByRole("table", { name: /^Locks ended/ })
      .getByRole("row")
      .filter({ hasText: "rds" });
    await ended.getByText("Released").waitFor();
    assert.equal(await row.count(), 0);

    await page.goto(`${workspace.path}/activity?category=lock&actor=user`);
    assert.equal(await events(page).filter({ hasText: "plat-ue1-prod/rds" }).count(), 2);
  });
}
