// A person without a mouse: where the focus is, whether it can be seen, and how to get somewhere.
import assert from "node:assert/strict";

const TABS_MAX = 80;

/** What has the focus: its name in a form, its words, whether its ring can be seen, whether it is in a dialog. */
export function focused(page) {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    // A link that covers its row, and a radio behind its label, show their ring there.
    const hosts = [at, at.closest(".covered, .row"), at.closest(".ring-within")].filter(Boolean);
    const ring = hosts.some((host) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(host);
      const { width, height, bottom, right } = host.getBoundingClientRect();
      return (
        outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width >= 8 && height >= 8 && bottom > 0 && right > 0
      );
    });
    const name = at.getAttribute("name") ?? "";
    const text = at.getAttribute("aria-label") ?? at.textContent.trim().replace(/\s+/g, " ");
    return {
      name,
      text,
      is: `${at.localName} “${text.slice(0, 40)}” ${name}`,
      ring: ring && at.matches(":focus-visible"),
      inDialog: at.closest("dialog[open]") !== null,
    };
  });
}

/** Presses Tab until the focus is on what is named or reads `wanted`, and wants to see every stop on the way. */
export async function tabTo(page, wanted) {
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    const at = await focused(page);
    if (at) assert.ok(at.ring, `the focus on ${at.is} cannot be seen at ${page.url()}`);
    if (at && (at.name === wanted || at.text === wanted)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not reach ${wanted} at ${page.url()}`);
}

/** All stops of Tab from here until the focus leaves the page. */
export async function stops(page) {
  const found = [];
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!at) return found;
    found.push(at);
  }
  assert.fail(`Tab does not come to an end at ${page.url()}: ${found.slice(-3).map(({ is }) => is)}`);
}
