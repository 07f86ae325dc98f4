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
/** A page of a debug build on a busy machine takes its time; what takes longer is not there. */
const STEP_LIMIT_MS = 10_000;
/** The widths at which pages are looked at: a phone, a small and a large screen. */
export const WIDTHS = [390, 1024, 1600];
export const THEMES = ["light", "dark"];
/** Pictures take longer than all the rest, so they are taken when somebody wants to look at them. */
const pictures = process.env.GALLERY === "1";

/** A browser with an empty profile. */
export function launch() {
  return chromium.launch({ executablePath, headless: true, args });
}

/**
 * A page in a profile of its own, closed when the test `t` ends. The test fails when anything was written to the
 * console or thrown, except what `tolerate` matches. `context` shares the profile of another page (`page.context()`):
 * the same person, a second tab. `storageState` is what Playwright keeps of a profile: who is signed in. With `still`,
 * nothing moves, so that nothing has to be waited for.
 */
export async function newPage(t, browser, options = {}) {
  const {
    origin,
    javaScript = true,
    theme = "light",
    width = 1600,
    context,
    storageState,
    still = false,
    tolerate,
  } = options;
  const profile =
    context ??
    (await browser.newContext({
      baseURL: origin,
      colorScheme: theme,
      javaScriptEnabled: javaScript,
      reducedMotion: still ? "reduce" : "no-preference",
      viewport: { width, height: HEIGHT },
      storageState,
    }));
  const page = await profile.newPage();
  page.setDefaultTimeout(STEP_LIMIT_MS);
  const problems = [];
  page.on("console", (message) => {
    // The browser's own remark when a page with a field to begin in opens while something is focused already.
    if (message.text().startsWith("Autofocus processing was blocked")) return;
    // Nor can a browser without scripts use what is fetched early for them.
    if (!javaScript && message.text().includes("preloaded using link preload but not used")) return;
    if (tolerate?.test(message.text())) return;
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

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules whose answer can depend on the theme: it changes nothing but colours. */
const COLOUR_RULES = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** Fails when axe finds anything that WCAG 2.2 AA forbids on the page as it is now; `runOnly` chooses its rules. */
export async function axe(page, runOnly = RULES) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(options), {
    runOnly,
    resultTypes: ["violations"],
  });
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(" ")}\n  ${failureSummary}`),
  );
  assert.equal(found.length, 0, `axe at ${where(page)}\n${found.join("\n")}`);
}

/** Fails when the page can be scrolled sideways, and names what sticks out. */
export async function fits(page) {
  const { scroll, client, wide } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const boxes = [...document.body.querySelectorAll("*")].map((element) => ({
      right: element.getBoundingClientRect().right,
      name: `${element.localName}.${element.getAttribute("class") ?? ""} “${element.textContent.trim().slice(0, 40)}”`,
    }));
    const wide = boxes.filter(({ right }) => right > clientWidth + 1).map(({ name, right }) => `${right} px: ${name}`);
    return { scroll: scrollWidth, client: clientWidth, wide };
  });
  assert.ok(scroll <= client, `${where(page)} is ${scroll} px wide\n${wide.slice(0, 8).join("\n")}`);
}

const where = (page) => `${page.url()} at ${page.viewportSize().width} px`;

/** Everything that holds for any page: axe, nothing that sticks out, at every width in both themes; and pictures. */
export async function inspect(page, name) {
  await everyLook(page, async ({ theme }) => {
    if (theme === "light") await fits(page);
    await axe(page, theme === "light" ? RULES : COLOUR_RULES);
  });
  await screenshots(page, name);
}

/** Runs `look` at every width in the themes, then puts the page back as it was. */
export async function everyLook(page, look, themes = THEMES) {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await look({ width, theme });
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}

/** Pictures of the page as it is now, at every width in both themes: `output/<name>-<width>-<theme>.png`. */
export async function screenshots(page, name) {
  if (!pictures) return;
  await mkdir(output, { recursive: true });
  await everyLook(page, ({ width, theme }) =>
    page.screenshot({ path: `${output}${name}-${width}-${theme}.png`, fullPage: true }),
  );
}
