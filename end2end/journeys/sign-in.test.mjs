import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, everyLook, launch, newPage, screenshots } from "../harness/browser.mjs";
import { startServer } from "../harness/server.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const javaScript of [true, false]) {
  test(`the sign-in page can be read and used by everybody, ${javaScript ? "with" : "without"} JavaScript`, async (t) => {
    const page = await newPage(t, browser, { origin: server.origin, javaScript });
    const answer = await page.goto("/sign-in");
    assert.equal(answer.status(), 200);
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Sign in");
    if (!javaScript) return;
    await everyLook(page, () => axe(page));
    await screenshots(page, "sign-in");
  });
}

test("a one-time link is printed while there is no account", () => {
  assert.ok(server.setupLink().startsWith(`${server.origin}/setup?`));
});
