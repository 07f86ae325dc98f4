// What people do on many pages.
import assert from "node:assert/strict";
import { STEP_LIMIT_MS } from "./browser.mjs";

/** Does `act` and waits for the page that comes of it, even where that one has the same address. */
async function nextPage(page, act) {
  // Whatever `act` waits for in vain is worth more to know.
  const timeout = 2 * STEP_LIMIT_MS;
  await Promise.all([page.waitForEvent("framenavigated", { timeout }), act()]);
  await page.waitForLoadState();
}

/** Presses the button `name`, in the part `where` of the page, and waits for the page that comes of it. */
export function press(page, name, where = page) {
  const button = where.getByRole("button", { name, exact: true });
  return nextPage(page, () => button.click());
}

/** Fills the form around the button `name` and sends it, whatever the browser thinks of it. */
export async function sendForm(page, fields, name) {
  for (const [selector, value] of Object.entries(fields)) await page.fill(selector, value);
  const button = page.getByRole("button", { name, exact: true });
  const submit = (at) => {
    at.form.noValidate = true;
    at.form.requestSubmit(at);
  };
  await nextPage(page, () => button.evaluate(submit));
}

/** Where the link leads that is called `name`, the first one unless `nth` says which; it may be in a closed menu. */
export function leadsTo(page, name, nth = 0) {
  return page.getByRole("link", { name, includeHidden: true }).nth(nth).getAttribute("href");
}

/** Opens what is behind the first `<details>` whose summary has these words. */
export const unfold = (page, words) => page.locator("summary").filter({ hasText: words }).first().click();

/** Chooses `name` in the menu of a row. */
export async function choose(row, name) {
  await row.locator("summary").click();
  await row.getByRole("link", { name, exact: true }).click();
}

/** Opens `path` again until `where` does not match `pattern` any more: what is written after the answer comes late. */
export async function openUntilNot(page, path, where, pattern) {
  const end = Date.now() + STEP_LIMIT_MS;
  do {
    assert.ok(Date.now() < end, `${path} still says ${pattern}`);
    await page.goto(path);
  } while (pattern.test(await where.textContent()));
}

/** Searches a list by its field `label`. */
export async function search(page, label, words) {
  const field = page.getByLabel(label);
  await field.fill(words);
  await nextPage(page, () => field.press("Enter"));
  assert.equal(new URL(page.url()).searchParams.get("q"), words);
  assert.equal(await field.inputValue(), words, "the words stay");
}

/** Presses the button `name` and wants `text` on the clipboard. Without a script there is no such button. */
export async function copies(page, name, text, javaScript = true) {
  const button = page.getByRole("button", { name });
  if (!javaScript) return assert.equal(await button.count(), 0, "a button that cannot work is not shown");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const said = page.getByRole("status").filter({ hasText: /^Copied$/ });
  // Said for a moment only.
  await Promise.all([said.waitFor({ state: "attached" }), button.click()]);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
}
