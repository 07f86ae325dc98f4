// The logo of a workspace: drawn anew from what is uploaded, or refused with the reason at its field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press } from "../harness/act.mjs";
import { chooseFile, png, pngSize } from "../harness/files.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();
const SCRIPT = "<script>alert(document.domain)</script>";
const MB = 1024 * 1024;

const upload = async (t, page, name, content) => {
  await chooseFile(t, page, "#logo", name, content);
  await press(page, /^(Add|Replace) logo$/);
};

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a logo is drawn anew, shown, replaced and removed, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Fathom ${how}`);
    await page.goto(`${workspace.path}/settings`);
    const logo = page.locator("main img");
    assert.equal(await logo.count(), 0);

    const sent = png(300, 200, [180, 30, 40], { text: SCRIPT, tail: SCRIPT });
    assert.ok(sent.includes(SCRIPT));
    await upload(t, page, "logo.png", sent);
    await page.getByText("The logo was changed.").waitFor();
    const address = await logo.getAttribute("src");
    assert.match(address, new RegExp(`^/workspaces/${workspace.id}/logo/[0-9a-f]+$`));
    assert.deepEqual(await logo.evaluate((img) => [img.naturalWidth, img.naturalHeight]), [200, 200], "it is shown");
    const answer = await page.request.get(address);
    assert.equal(answer.headers()["content-type"], "image/png");
    const kept = await answer.body();
    assert.deepEqual(pngSize(kept), [200, 200], "the middle of it, as a square");
    assert.ok(!kept.includes("<script"), "nothing but the pixels is kept");

    await upload(t, page, "other.png", png(64, 64, [20, 90, 160]));
    await page.getByText("The logo was changed.").waitFor();
    assert.notEqual(await logo.getAttribute("src"), address, "another picture has another address");
    assert.equal((await page.request.get(address)).status(), 404, "the former one is gone");

    await press(page, "Remove logo");
    await page.getByText("The logo is removed.").waitFor();
    assert.equal(await logo.count(), 0);
  });

  for (const [what, name, content, reason] of [
    [
      "an SVG with a script",
      "logo.svg",
      `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`,
      /Use a PNG, JPEG, WebP or GIF picture\./,
    ],
    [
      "a script that begins as a GIF",
      "logo.gif",
      `GIF89a/*${SCRIPT}*/=1;alert(1)`,
      /This picture cannot be read/,
    ],
    [
      "a page that calls itself a PNG",
      "logo.png",
      `<!DOCTYPE html>${SCRIPT}`,
      /Use a PNG, JPEG, WebP or GIF picture\./,
    ],
    [
      "a picture a little over 5 MB",
      "logo.png",
      png(8, 8, [1, 2, 3], { tail: Buffer.alloc(5 * MB) }),
      /at most 5 MB/,
    ],
  ]) {
    test(`${what} is refused as a logo with the reason at its field, ${how} JavaScript`, async (t) => {
      const page = await house.enter(t, { javaScript });
      const workspace = await house.workspace(page, `Gable ${how} ${what}`);
      await page.goto(`${workspace.path}/settings`);
      await upload(t, page, name, content);
      await page.locator("#logo-e").getByText(reason).waitFor();
      assert.match(await page.locator("#logo").getAttribute("aria-describedby"), /\blogo-e\b/);
      assert.equal(await page.locator("main img").count(), 0, "there is still no logo");
    });
  }

  test(`a file that is not even read is refused with what a logo may weigh, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Hollow ${how}`);
    await page.goto(`${workspace.path}/settings`);
    await upload(t, page, "logo.png", Buffer.alloc(9 * MB));
    await page.getByText(/at most 5 MB/).waitFor();
  });
}
