// Chromium, pages that tolerate no message on the console, accessibility checks and pictures.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import axeCore from "axe-core";
import { chromium } from "playwright-core";

const output = fileURLToPath(new URL("../output/", import.meta.url));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** No sandbox, since test machines run as root; and nothing that talks to anybody but our server. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const HEIGHT = 900;
/** The widths at which pages are looked at: a phone, a small and a large screen. */
export const WIDTHS = [390, 1024, 1600];
export const THEMES = ["light", "dark"];

/** A browser with an empty profile. */
export function launch() {
  return chromium.launch({ executablePath, headless: true, args });
}

/**
 * A page in a profile of its own, closed when the test `t` ends. The test fails when anything was written to the
 * console or thrown. `context` shares the profile of another page (`page.context()`): the same person, a second tab.
 */
export async function newPage(t, browser, { origin, javaScript = true, theme = "light", width = 1600, context } = {}) {
  const profile =
    context ??
    (await browser.newContext({
      baseURL: origin,
      colorScheme: theme,
      javaScriptEnabled: javaScript,
      viewport: { width, height: HEIGHT },
    }));
  const page = await profile.newPage();
  const problems = [];
  page.on("console", (message) => {
    // The browser's own remark when a page with a field to begin in opens while something is focused already.
    if (message.text().startsWith("Autofocus processing was blocked")) return;
    problems.push(`console ${message.type()}: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => {
    // A cross-fade between two pages that the browser gave up because the next one was there already.
    if (/^Transition was (aborted|skipped)/.test(error.message)) return;
    problems.push(`thrown: ${error.name} ${error.message} ${error.stack} (${page.url()})`);
  });
  t.after(async () => {
    await (context ? page.close() : profile.close());
    assert.deepEqual(problems, [], "the console must stay empty");
  });
  return page;
}

/** Fails when axe finds anything that WCAG 2.2 AA forbids on the page as it is now. */
export async function axe(page) {
  await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(" ")}\n  ${failureSummary}`),
  );
  assert.equal(found.length, 0, `axe at ${page.url()}\n${found.join("\n")}`);
}

/** Runs `look` at every width in both themes, then puts the page back as it was. */
export async function everyLook(page, look) {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await look({ width, theme });
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}

/** Pictures of the page as it is now, at every width in both themes: `output/<name>-<width>-<theme>.png`. */
export async function screenshots(page, name) {
  await mkdir(output, { recursive: true });
  await everyLook(page, ({ width, theme }) =>
    page.screenshot({ path: `${output}${name}-${width}-${theme}.png`, fullPage: true }),
  );
}
