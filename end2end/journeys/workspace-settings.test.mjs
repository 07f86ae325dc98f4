// The settings of a workspace: its words, its address, its id.
import assert from "node:assert/strict";
import { test } from "node:test";
import { copies, press } from "../harness/act.mjs";
import { useHouse, WORKSPACES } from "../harness/house.mjs";

const house = useHouse();

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`name, slug and description are changed, and the old slug leads to the new one, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Atlas ${how}`);
    await page.goto(`${workspace.path}/settings`);
    await page.fill("#name", "Borealis & Sons");
    await page.fill("#slug", `borealis-${how}`);
    await page.fill("#description", "First line\n<b>second</b> line");
    await press(page, "Save changes");
    await page.getByText("The settings are saved.").waitFor();
    const path = `${WORKSPACES}/borealis-${how}`;
    assert.equal(new URL(page.url()).pathname, `${path}/settings`);
    assert.equal(await page.inputValue("#name"), "Borealis & Sons");
    assert.equal(await page.inputValue("#description"), "First line\n<b>second</b> line");
    await page.getByLabel("Sidebar").getByText("Borealis & Sons").first().waitFor();

    await page.goto(`${workspace.path}/activity?q=slug`);
    assert.match(page.url(), new RegExp(`${path}/activity\\?q=slug$`), "the old slug leads to the same page");
    await page.goto(`${WORKSPACES}/${workspace.id}/locks`);
    assert.equal(new URL(page.url()).pathname, `${path}/locks`, "so does the id");

    const claimed = await house.send(page, "workspaces/create", {
      name: "Thief",
      slug: workspace.slug,
      back: "/start",
    });
    assert.match(claimed.url(), /\/start\?flash=/, "nobody else gets the old slug");
    assert.match(await claimed.text(), /This slug is taken\. Choose another\./);
  });

  test(`a bad slug is refused at its field, and all that was typed comes back, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Cinder ${how}`);
    await page.goto(`${workspace.path}/settings`);
    await page.fill("#name", "Cinder and Ash");
    await page.fill("#slug", "Not A Slug");
    await page.fill("#description", "Typed at length");
    await press(page, "Save changes");
    await page.locator("#slug-e").getByText("A slug is made of lower case letters, digits and hyphens.").waitFor();
    const slug = page.locator("#slug");
    assert.equal(await slug.getAttribute("aria-invalid"), "true");
    assert.match(await slug.getAttribute("aria-describedby"), /\bslug-e\b/);
    assert.equal(await slug.inputValue(), "Not A Slug");
    assert.equal(await page.inputValue("#name"), "Cinder and Ash");
    assert.equal(await page.inputValue("#description"), "Typed at length");
    await page.goto(`${workspace.path}/settings`);
    assert.equal(await page.inputValue("#name"), workspace.name, "nothing was saved");
  });

  test(`a workspace is deleted by its name alone, and the list says so, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Delta ${how}`);
    await workspace.repository("acme/infra");
    await page.goto(`${workspace.path}/settings`);
    const danger = page.locator("#danger");
    await danger.getByText("1 repository").waitFor();
    await page.fill("#delete-name", "Delta");
    await press(page, "Delete workspace", danger);
    await page.locator("#delete-name-e").getByText(`Type ${workspace.name} to delete it.`).waitFor();
    assert.equal(await page.inputValue("#delete-name"), "Delta", "what was typed comes back");
    assert.ok((await page.request.get(workspace.path)).ok(), "it is still there");

    await page.fill("#delete-name", workspace.name);
    await press(page, "Delete workspace", danger);
    await page.getByText(`${workspace.name} is deleted.`).waitFor();
    assert.equal(new URL(page.url()).pathname, WORKSPACES);
    assert.equal(await page.getByRole("link", { name: workspace.name, exact: true }).count(), 0);
    assert.equal((await page.request.get(workspace.path)).status(), 404);
  });
}

test("the Workspace ID is copied by its button", async (t) => {
  const page = await house.enter(t);
  const workspace = await house.workspace(page, "Ember copied");
  await page.goto(`${workspace.path}/settings`);
  await copies(page, "Copy Workspace ID", workspace.id);
  await page.getByRole("button", { name: "Copy the workflow lines" }).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("permissions:"));
});

test("without JavaScript the Workspace ID is selected by a click, and no button is there that does nothing", async (t) => {
  const page = await house.enter(t, { javaScript: false });
  const workspace = await house.workspace(page, "Ember by hand");
  await page.goto(`${workspace.path}/settings`);
  assert.equal(await page.getByRole("button", { name: /copy/i }).count(), 0);
  await page.getByRole("status", { name: "Workspace ID" }).click();
  assert.equal(await page.evaluate(() => getSelection().toString()), workspace.id);
});
