// One's own account, and the pages that explain.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press, sendForm } from "../harness/act.mjs";
import { newPage } from "../harness/browser.mjs";
import { chooseFile, png } from "../harness/files.mjs";
import { PERSON, useHouse } from "../harness/house.mjs";
import { signIn } from "../harness/people.mjs";

const house = useHouse();
const SECOND = "another battery staple";

/** The number of a button's row in its table, the head's included. */
const rowOf = (button) => button.evaluate((at) => at.closest("tr").sectionRowIndex + 1);

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`name, time zone and look are changed and stay, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    await page.goto("/account");
    await sendForm(page, { "[name=name]": `Ida ${how}` }, "Save profile");
    assert.equal(await page.inputValue("[name=name]"), `Ida ${how}`);
    await page.selectOption("[name=time_zone]", "Asia/Tokyo");
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    await press(page, "Save preferences");
    await page.goto("/help");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.getByText("How a request is decided").waitFor();
    await page.goto("/help/NoPermission");
    await page.getByRole("heading", { level: 1, name: "No permission matches" }).waitFor();
    await page.goto("/account");
    assert.equal(await page.inputValue("[name=time_zone]"), "Asia/Tokyo");
    await page.getByRole("radio", { name: "System" }).check({ force: true });
    await press(page, "Save preferences");
    assert.equal(await page.locator("html").getAttribute("data-theme"), null);
  });
}

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a picture and where one lands are chosen, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Landing ${how}`);
    await page.goto("/account");
    await page.selectOption("[name=default_workspace]", workspace.id);
    await press(page, "Save preferences");
    await page.goto("/");
    assert.equal(new URL(page.url()).pathname, workspace.path);
    await page.goto("/account");
    await page.selectOption("[name=default_workspace]", "");
    await press(page, "Save preferences");

    const face = page.locator('#profile img[src^="/people/"]');
    assert.equal(await face.count(), 0);
    await chooseFile(t, page, "[name=picture]", "face.png", png(64, 64, [11, 87, 110]));
    await press(page, "Add picture");
    await page.goto(`${workspace.path}/team`);
    await page.getByRole("row").locator('img[src^="/people/"]').first().waitFor();
    await page.goto("/account");
    await press(page, "Remove picture");
    assert.equal(await face.count(), 0);
  });
}

// After the others: it signs out whoever they were.
for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a new password ends the other sessions, and one of them can be ended alone, ${how} JavaScript`, async (t) => {
    const { origin } = house.server;
    const enter = async (password) => {
      const page = await newPage(t, house.browser, { origin, javaScript, still: true });
      await page.goto("/sign-in");
      await signIn(page, PERSON.email, password);
      return page;
    };
    const [old, next] = javaScript ? [PERSON.password, SECOND] : [SECOND, PERSON.password];
    const [here, there] = [await enter(old), await enter(old)];
    const sessions = here.getByRole("table", { name: "Sessions" }).getByRole("row");
    await here.goto("/account");
    // The button of each says whose it is: the same browser twice, so the first will do.
    const button = sessions.getByRole("button", { name: /^Sign out / }).first();
    const others = await sessions.getByRole("button").count();
    await press(here, await button.getAttribute("aria-label"), sessions.nth(await rowOf(button)));
    assert.equal(await sessions.getByRole("button").count(), others - 1);
    await there.goto("/account");
    if (new URL(there.url()).pathname === "/sign-in") await signIn(there, PERSON.email, old);
    await sendForm(here, { "[name=current]": old, "[name=new]": next }, "Change password");
    await here.goto("/account");
    assert.equal(new URL(here.url()).pathname, "/account", "this one stays");
    await there.goto("/account");
    assert.equal(new URL(there.url()).pathname, "/sign-in", "the other one ended");
    await signIn(there, PERSON.email, old);
    await there.getByText("do not belong together").first().waitFor();
    await sendForm(there, { "[name=password]": next }, "Sign in");
    assert.equal(new URL(there.url()).pathname, "/account");
    await here.goto("/account");
    await press(here, "Sign out everywhere else");
    await there.goto("/account");
    assert.equal(new URL(there.url()).pathname, "/sign-in", "all others ended");
    await here.goto("/account");
    assert.equal(await sessions.count(), 2, "the head, and this one");
  });
}
