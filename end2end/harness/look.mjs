// Looking at a page as it is now: accessibility checks, nothing that sticks out, and pictures.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import axeCore from "axe-core";
import { SCREEN } from "./browser.mjs";

const output = fileURLToPath(new URL("../output/", import.meta.url));
/** The widths at which pages are looked at: a phone, a small and a large screen. */
const WIDTHS = [390, 1024, SCREEN.width];
const THEMES = ["light", "dark"];
/** Pictures take longer than all the rest, so they are taken when somebody wants to look at them. */
const pictures = process.env.GALLERY === "1";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules whose answer can depend on the theme: it changes nothing but colours. */
const COLOUR_RULES = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** Fails when axe finds anything that WCAG 2.2 AA forbids on the page as it is now; `runOnly` chooses its rules. */
async function axe(page, runOnly = RULES) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeCore.source);
  // A row halfway under the bar that stays at the top is no small target: it is scrolled to.
  await page.evaluate(() => scrollTo(0, 0));
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
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    if (scrollWidth <= clientWidth) return null;
    const right = (element) => element.getBoundingClientRect().right;
    const name = (element) =>
      `${element.localName}.${element.getAttribute("class") ?? ""} “${element.textContent.trim().slice(0, 40)}”`;
    const out = [...document.body.querySelectorAll("*")].filter((element) => right(element) > clientWidth + 1);
    const lines = out.slice(0, 8).map((element) => `${right(element)} px: ${name(element)}`);
    return [`${scrollWidth} px wide`, ...lines].join("\n");
  });
  if (wide) assert.fail(`${where(page)} is ${wide}`);
}

const where = (page) => `${page.url()} at ${page.viewportSize().width} px`;

/**
 * Waits until the islands of the page are awake: a button that copies is not shown before it can, and what opens the
 * palette does not name its keys before it hears them. Asked by the clock: a page that fades in draws no frames for a while.
 */
export async function awake(page) {
  const isAwake = () => !document.querySelector("leptos-island :is(button.hidden, kbd:empty)");
  await page.waitForFunction(isAwake, undefined, { polling: 100 });
}

/** Everything that holds for any page: axe, nothing that sticks out, at every width in both themes; and pictures. */
export async function inspect(page, name) {
  await awake(page);
  await plainTexts(page);
  await everyLook(page, async ({ theme }) => {
    if (theme === "light") await fits(page);
    await axe(page, theme === "light" ? RULES : COLOUR_RULES);
  });
  await screenshots(page, name);
}

/** Fails when markup stands as text where a parser knows none. */
async function plainTexts(page) {
  const texts = await page.evaluate(() => [
    document.title,
    ...[...document.querySelectorAll("textarea, style")].map((element) => element.textContent),
  ]);
  for (const text of texts) assert.ok(!text.includes("<!"), `${where(page)}: ${text}`);
}

/** Runs `look` at every width in the themes, then puts the page back as it was. */
export async function everyLook(page, look, themes = THEMES) {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: SCREEN.height });
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
