// Chromium, profiles, and pages that tolerate no message on the console.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** No sandbox, since test machines run as root; and nothing that talks to anybody but our server. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A large screen. */
export const SCREEN = { width: 1600, height: 900 };
/** A page of a debug build on a busy machine takes its time; what takes longer is not there. */
export const STEP_LIMIT_MS = 30_000;

/** A browser with an empty profile. */
export function launch() {
  return chromium.launch({ executablePath, headless: true, args });
}

/**
 * A page in a profile of its own. `storageState` is what Playwright keeps of a profile: who is signed in. With `still`,
 * nothing moves, so that nothing has to be waited for.
 */
export async function openPage(browser, { origin, javaScript = true, storageState, still = false }) {
  const profile = await browser.newContext({
    baseURL: origin,
    javaScriptEnabled: javaScript,
    reducedMotion: still ? "reduce" : "no-preference",
    viewport: SCREEN,
    storageState,
  });
  const page = await profile.newPage();
  page.setDefaultTimeout(STEP_LIMIT_MS);
  return page;
}

/** A page for one test, closed when that ends; `options` of `openPage` and `watch`. */
export async function newPage(t, browser, options) {
  const page = await openPage(browser, options);
  t.after(() => page.context().close());
  watch(t, page, options);
  return page;
}

/**
 * Until the test `t` ends, it fails when anything is written to the console of the page or thrown, except what
 * `tolerate` matches.
 */
export function watch(t, page, { tolerate } = {}) {
  const problems = [];
  const heard = (message) => {
    // The browser's own remark when a page with a field to begin in opens while something is focused already.
    if (message.text().startsWith("Autofocus processing was blocked")) return;
    // And about a form for a new password whose hidden user name it has not come to yet.
    if (message.text().includes("Password forms should have (optionally hidden) username fields")) return;
    // And when what is fetched early for scripts is used late, by a slow machine, or never, without them.
    if (message.text().includes("preloaded using link preload but not used")) return;
    if (tolerate?.test(message.text())) return;
    problems.push(`console ${message.type()}: ${message.text()} (${page.url()})`);
  };
  const thrown = (error) => {
    // A cross-fade between two pages that the browser gave up because the next one was there already.
    if (/^Transition was (aborted|skipped)/.test(error.message)) return;
    problems.push(`thrown: ${error.name} ${error.message} ${error.stack} (${page.url()})`);
  };
  page.on("console", heard);
  page.on("pageerror", thrown);
  t.after(() => {
    page.off("console", heard);
    page.off("pageerror", thrown);
    assert.equal(problems.length, 0, `the console must stay empty:\n${problems.join("\n")}`);
  });
}
