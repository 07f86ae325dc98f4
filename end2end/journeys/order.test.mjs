// What a commit affects, small and large, as a drawing and as a list.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useHouse } from "../harness/house.mjs";
import { fits, inspect } from "../harness/look.mjs";

const house = useHouse();

/** So many instances: a chain of components in each stack, all of them downstream of the first. */
function forest(count, stacks) {
  const chain = (stack, from, to) => {
    if (from >= to) return [];
    return [{ stack, component: `part-${from}`, dependents: chain(stack, from + 1, to) }];
  };
  const each = Math.ceil(count / stacks);
  // Twelve at most one under the other: an upload is as deep as its longest chain.
  return Array.from({ length: stacks }, (_, place) => {
    const stack = `plat-ue1-${place}`;
    const rows = [];
    for (let from = 1; from < each; from += 12) rows.push(...chain(stack, from, Math.min(from + 12, each)));
    return { stack, component: "vpc", dependents: rows };
  });
}

for (const [count, stacks] of [
  [3, 1],
  [50, 5],
  [500, 20],
]) {
  test(`the order of ${count} instances is drawn, and is a list on a phone`, async (t) => {
    const page = await house.enter(t);
    const workspace = await house.workspace(page, `Order of ${count}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:affected_stacks:create");
    const session = (await workspace.cli.exchange()).data.token;
    assert.equal((await workspace.cli.affected(session, forest(count, stacks))).status, 200);
    await page.goto(`${workspace.path}/stacks/affected`);
    await page.getByRole("link", { name: /^4f5eefb/ }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    const drawing = page.locator("main svg[viewBox]").filter({ has: page.locator("rect, text") }).first();
    await drawing.waitFor();
    assert.ok((await drawing.boundingBox()).width > 200, "it is drawn");
    await fits(page);
    const took = await page.evaluate(() => {
      const [loaded] = performance.getEntriesByType("navigation");
      return loaded.domContentLoadedEventEnd - loaded.responseEnd;
    });
    assert.ok(took < 2000, `the page was laid out in ${took} ms`);
    const items = page.locator("main ol li").filter({ hasText: /downstream|changed by the commit/ });
    assert.ok((await items.count()) > 0, "readers have a list");

    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await drawing.isVisible(), false, "no drawing on a phone");
    assert.ok(await items.first().isVisible(), "but the list");
    await fits(page);
    if (count === 500) await inspect(page, "order-of-500");
  });
}
