// Access tokens and API keys: shown once, used at the management API, given a new secret, switched off, revoked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, copies, openUntilNot, press } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();

/** Asks the management API with a secret; gives the status, and what the envelope says. */
async function ask(secret, path) {
  const headers = { authorization: `Bearer ${secret}` };
  const answer = await fetch(`${house.server.origin}/api/v1${path}`, { headers });
  const { status, ...envelope } = await answer.json();
  assert.equal(status, answer.status);
  return { status, ...envelope };
}

/** Makes a credential by the dialog of its part of the settings, filled by `fill`. */
async function generate(page, workspace, part, button, fill) {
  await page.goto(`${workspace.path}/settings`);
  await page.locator(part).getByRole("link", { name: button }).click();
  const dialog = page.getByRole("dialog");
  await fill(dialog);
  await press(page, button, dialog);
}

/** The secret that the page shows, which a second look does not find anywhere in it. */
async function shownOnce(page, label, javaScript) {
  await page.getByText("It is shown this once").waitFor();
  const secret = await page.getByRole("status", { name: label }).textContent();
  await copies(page, `Copy ${label}`, secret, javaScript);
  await page.reload();
  assert.equal(await page.getByRole("status", { name: label }).count(), 0);
  assert.ok(!(await page.content()).includes(secret), "it is not shown again");
  return secret;
}

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`an access token is shown once and does what it is for and nothing else, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Larch ${how}`);
    await page.goto(`${workspace.path}/settings`);
    await page.locator("#access-tokens").getByText("There is no access token.").waitFor();
    await generate(page, workspace, "#access-tokens", "Generate Token", async (dialog) => {
      await dialog.getByLabel("Name").fill("nightly-report");
      await dialog.getByLabel("Ends after").selectOption("30 days");
      await dialog.getByRole("checkbox", { name: "groups:read" }).check();
      await dialog.getByRole("checkbox", { name: "repositories:write" }).check();
    });
    await page.getByText("The access token is made.").waitFor();
    const secret = await shownOnce(page, "Access token", javaScript);
    assert.match(secret, /^workspace_token_[0-9A-Za-z]+$/);
    const row = page.locator("#access-tokens").getByRole("row").filter({ hasText: "nightly-report" });
    const written = await row.textContent();
    assert.match(written, /may groups:read, repositories:write, by Ida Brambleford.*never.*in (30|29) days/s);
    assert.ok(written.includes(`workspace_token_…${secret.slice(-4)}`), "its end tells it from others");

    assert.equal((await ask(secret, "/groups")).status, 200);
    assert.deepEqual((await ask(secret, "/repositories")).data.items, [], "who may write may read");
    const { status, errorTag, errorMessage } = await ask(secret, "/members");
    assert.deepEqual([status, errorTag], [403, "MissingScope"]);
    assert.match(errorMessage, /`members:read`.*nightly-report/);
    await openUntilNot(page, `${workspace.path}/settings`, row, /Used never/);
    assert.match(await row.textContent(), /(now|ago).*(127\.0\.0\.1|::1)/s, "when it was last used, and from where");
  });

  test(`an access token gets a new secret beside the old one, until both are revoked, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Maple ${how}`);
    await generate(page, workspace, "#access-tokens", "Generate Token", async (dialog) => {
      await dialog.getByLabel("Name").fill("nightly-report");
      await dialog.getByRole("checkbox", { name: "groups:read" }).check();
    });
    const old = await shownOnce(page, "Access token", javaScript);
    const row = page.locator("#access-tokens").getByRole("row").filter({ hasText: "nightly-report" });
    const dialog = page.getByRole("dialog");
    const both = (...secrets) =>
      Promise.all(secrets.map(async (secret) => (await ask(secret, "/groups")).status));

    await choose(row, "New secret");
    await dialog.getByRole("heading", { name: "New secret for nightly-report" }).waitFor();
    await dialog.getByLabel("The old one goes on for").selectOption("1 hour");
    await press(page, "Make new secret", dialog);
    await page.getByText("nightly-report has a new secret.").waitFor();
    const next = await shownOnce(page, "Access token", javaScript);
    assert.notEqual(next, old);
    assert.deepEqual(await both(old, next), [200, 200]);
    assert.match(await row.textContent(), /the secret before ends in (1 h|59 min)/);

    await choose(row, "Revoke…");
    assert.deepEqual(await both(old, next), [200, 200], "nothing is revoked before it is confirmed");
    await press(page, "Revoke", dialog);
    await page.getByText("nightly-report is revoked. The next request that uses it is refused.").waitFor();
    assert.deepEqual(await both(old, next), [401, 401]);
    assert.match(await row.textContent(), /revoked/);
    assert.equal(await row.locator("summary").count(), 0, "nothing can be done about it any more");
  });

  test(`an API key is shown once, switched off and on again, and revoked, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Nettle ${how}`);
    await generate(page, workspace, "#api-keys", "Generate Key", async (dialog) => {
      await dialog.getByLabel("Name").fill("inventory-service");
      await dialog.getByLabel("Description").fill("Ask the platform team");
      await dialog.getByLabel("Ends after").selectOption("Never");
      await dialog.getByRole("checkbox", { name: "members:read" }).check();
    });
    const secret = await shownOnce(page, "API key", javaScript);
    assert.match(secret, /^key_[0-9A-Za-z]+$/);
    const row = page.locator("#api-keys").getByRole("row").filter({ hasText: "inventory-service" });
    assert.match(await row.textContent(), /Ask the platform team.*may members:read/s);
    const { status, data } = await ask(secret, "/members");
    assert.deepEqual([status, data.items.map(({ name }) => name)], [200, ["Ida Brambleford"]]);
    assert.equal((await ask(secret, "/activity")).errorTag, "MissingScope");
    await openUntilNot(page, `${workspace.path}/settings`, row, /Used never/);

    const dialog = page.getByRole("dialog");
    for (const [label, said, then] of [["Switch off", "off", 401], ["Switch on", "on", 200]]) {
      await choose(row, label);
      await press(page, label, dialog);
      await page.getByText(`inventory-service is switched ${said}.`).waitFor();
      assert.equal((await ask(secret, "/members")).status, then);
    }
    await choose(row, "Revoke…");
    await dialog.getByText("It was last used").waitFor();
    await press(page, "Revoke", dialog);
    await page.getByText("inventory-service is revoked.").waitFor();
    assert.equal((await ask(secret, "/members")).status, 401);
  });
}
