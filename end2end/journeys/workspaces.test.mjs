// Several workspaces: the list with its search, and the switcher.
import assert from "node:assert/strict";
import { test } from "node:test";
import { search } from "../harness/act.mjs";
import { useHouse, WORKSPACES } from "../harness/house.mjs";

const house = useHouse();

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`workspaces are searched by name and slug, and switched between, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const harbor = await house.workspace(page, `Harbor ${how}`);
    const meadow = await house.workspace(page, `Meadow ${how}`);
    const cards = page.locator("main ul h2");
    const found = async (words) => {
      await search(page, "Search workspaces", words);
      return cards.allTextContents();
    };

    await page.goto(WORKSPACES);
    const all = await cards.allTextContents();
    assert.deepEqual(
      all.filter((name) => [harbor.name, meadow.name].includes(name)),
      [harbor.name, meadow.name],
    );
    assert.deepEqual(await found(`HARBOR ${how}`), [harbor.name], "by name, without case");
    assert.deepEqual(await found(meadow.slug), [meadow.name], "by slug");
    assert.deepEqual(await found("nowhere-at-all"), []);
    await page.getByText("No workspace matches").waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    await page.waitForURL(`**${WORKSPACES}`);

    await page.goto(harbor.path);
    const sidebar = page.getByLabel("Sidebar");
    await sidebar.getByText(", switch workspace").locator("..").click();
    assert.equal(await sidebar.getByRole("link", { name: harbor.name }).getAttribute("aria-current"), "true");
    await sidebar.getByRole("link", { name: meadow.name }).click();
    await page.waitForURL(`**${meadow.path}`);
    await sidebar.getByText(", switch workspace").locator("..").click();
    assert.equal(await sidebar.getByRole("link", { name: meadow.name }).getAttribute("aria-current"), "true");
    await sidebar.getByRole("link", { name: "All workspaces" }).click();
    await page.waitForURL(`**${WORKSPACES}`);
  });
}
