// A first day: from the one-time link to a workflow that is let in, or told exactly why not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { press, unfold } from "../harness/act.mjs";
import { launch, newPage } from "../harness/browser.mjs";
import { PERSON } from "../harness/house.mjs";
import { startIssuer, workflow } from "../harness/issuer.mjs";
import { fits, inspect } from "../harness/look.mjs";
import { startServer } from "../harness/server.mjs";

const KEY = "acme/infra/plat-ue1-prod/eks/cluster";
const LONG = "an-extraordinarily-long-name-of-a-branch/that-somebody-thought-of/on-a-monday/and-never-regretted";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** A page at this moment of the day: the whole of it where there is a script to check it with. */
const look = (page, name, javaScript) => (javaScript ? inspect(page, name) : fits(page));

const heading = (page) => page.getByRole("heading", { level: 1 });

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";
  test(`somebody makes an account, a workspace, a repository and a permission, and a workflow takes a lock, ${how} JavaScript`, async (t) => {
    const issuer = await startIssuer();
    const server = await startServer({ env: issuer.env });
    // That pages fade into each other is looked at in one of the two: it takes its time at every step.
    const page = await newPage(t, browser, { origin: server.origin, javaScript, still: !javaScript });
    // After the page, which may still be fetching from it.
    t.after(async () => {
      await server.stop();
      await issuer.stop();
    });
    // One step needs the one before it: the first that fails ends the journey.
    const step = async (name, act) => {
      t.diagnostic(name);
      await act().catch((error) => {
        error.message = `${name}: ${error.message}`;
        throw error;
      });
    };

    await step("the link makes the first account", async () => {
      await page.goto(await server.setupLink());
      await look(page, "setup", javaScript);
      await page.fill("[name=name]", PERSON.name);
      await page.fill("[name=email]", PERSON.email);
      await page.fill("[name=password]", "too short");
      // The browser would not send what is too short; the server must not rely on that.
      await page.locator("[name=password]").evaluate((input) => input.removeAttribute("minlength"));
      await press(page, "Create account");
      await page.getByRole("alert").filter({ hasText: "12 characters" }).first().waitFor();
      assert.equal(await page.inputValue("[name=name]"), PERSON.name, "what was typed comes back");
      assert.equal(await page.inputValue("[name=email]"), PERSON.email, "what was typed comes back");
      assert.equal(await page.inputValue("[name=password]"), "", "but not the password");
      await page.fill("[name=password]", PERSON.password);
      await press(page, "Create account");
      assert.equal(new URL(page.url()).pathname, "/start");
    });

    let slug;
    await step("a workspace is made", async () => {
      await look(page, "start", javaScript);
      await page.fill("[name=name]", "Acme Platform");
      await press(page, "Create Workspace");
      await page.waitForURL("**/dashboard/workspaces/acme-platform*");
      slug = "/dashboard/workspaces/acme-platform";
      assert.equal(await heading(page).textContent(), "Overview");
      await look(page, "overview-empty", javaScript);
    });

    let permissions;
    await step("a repository is added", async () => {
      await page.goto(`${slug}/repositories`);
      await look(page, "repositories-empty", javaScript);
      await page.goto(`${slug}/stacks`);
      await look(page, "stacks-empty", javaScript);
      await page.goto(`${slug}/repositories`);
      await page.getByRole("link", { name: "Add Repository" }).first().click();
      await page.locator("form [name=name]").fill("not a repository");
      await press(page, "Add");
      await page.getByText("A repository is written as owner/name.").waitFor();
      await page.locator("form [name=name]").fill("acme/infra");
      await press(page, "Add");
      await page.waitForURL("**/permissions*");
      permissions = new URL(page.url()).pathname;
      await page.goto(permissions);
      await look(page, "permissions-empty", javaScript);
      await page.goto(`${slug}/repositories`);
      await page.goto(permissions.replace("/permissions", "/setup"));
      await page.getByText("ATMOS_PRO_WORKSPACE_ID").first().waitFor();
    });

    await step("a permission with a broken pattern is refused at its place, and a good one is kept", async () => {
      await page.goto(permissions);
      await page.getByRole("link", { name: "Add Permissions" }).first().click();
      await page.selectOption("[name=kind]", "ws:locks:create");
      // What is typed is checked live once the islands are awake.
      await page.waitForLoadState("networkidle");
      await page.fill("[name=branch]", "main|(release/.*");
      if (javaScript) {
        await page.getByText("This ( is never closed.").waitFor();
        await look(page, "permissions-dialog", javaScript);
      }
      await press(page, "Add permission");
      await page.getByText("This ( is never closed.").waitFor();
      assert.equal(await page.inputValue("[name=branch]"), "main|(release/.*");
      await page.fill("[name=branch]", "main|release/.*");
      await press(page, "Add permission");
      assert.equal(new URL(page.url()).pathname, permissions);
      await page.getByText("ws:locks:create").first().waitFor();
      await page.goto(permissions);
      await page.getByRole("link", { name: "Add Permissions" }).first().click();
      await page.selectOption("[name=kind]", "ws:locks:delete");
      await press(page, "Add permission");
      await page.getByText("ws:locks:delete").first().waitFor();
    });

    await page.goto(`${slug}/settings`);
    const workspaceId = (await page.content()).match(/ws_[0-9A-Za-z]{28}/)[0];
    const cli = workflow(server, issuer, workspaceId);

    await step("a workflow of main takes the lock, and a second one is told who holds it", async () => {
      const session = (await cli.exchange()).data.token;
      const taken = await cli.lock(session, KEY);
      assert.equal(taken.status, 201);
      assert.equal(taken.data.key, KEY);
      const again = await cli.lock(session, KEY);
      assert.equal(again.status, 409);
      assert.match(again.errorMessage, /Run 20931/);
      await page.goto(`${slug}/locks`);
      await page.getByText("eks/cluster").first().waitFor();
    });

    let why;
    await step("a workflow of another branch is told why not, and the link shows the same", async () => {
      const refused = await cli.exchange({ branch: LONG });
      assert.equal(refused.status, 200, "Locks Delete lets any branch in");
      const denied = await cli.lock(refused.data.token, "acme/infra/plat-ue1-prod/vpc");
      assert.equal(denied.status, 403);
      assert.match(denied.errorMessage, /needs `main\|release\/\.\*` \(regex\)/);
      why = denied.errorMessage.match(/Why: (\S+)/)[1];
      await page.goto(why);
      await page.getByText("stops here").first().waitFor();
      await page.goto(`${slug}/activity?outcome=denied`);
      await page.getByText("Locks Create").first().waitFor();
      await unfold(page, "Locks Create");
      await page.getByText("stops here").first().waitFor();
    });

    await step("a permission made from the denial lets the same run through", async () => {
      await page.goto(why);
      await page
        .getByRole("link", { name: "Create a permission from this denial" })
        .or(page.getByRole("button", { name: "Create a permission from this denial" }))
        .first()
        .click();
      assert.equal(await page.inputValue("[name=branch]"), LONG);
      await press(page, "Add permission");
      await page.getByText(LONG.slice(-20)).first().waitFor();
      const session = (await cli.exchange({ branch: LONG })).data.token;
      assert.equal((await cli.lock(session, "acme/infra/plat-ue1-prod/vpc")).status, 201);
    });

    await step("a person takes a lock, and an admin ends a workflow's with a reason", async () => {
      await page.goto(`${slug}/locks`);
      await unfold(page, "Take a lock");
      await page.fill("[name=stack]", "plat-ue1-dev");
      await page.fill("[name=component]", "rds/orders");
      await page.fill("[name=message]", "Rotating the certificate by hand");
      await press(page, "Take lock");
      await page.getByText("Rotating the certificate by hand").first().waitFor();
      const row = page.getByRole("row").filter({ hasText: "eks/cluster" }).first();
      await row.locator("summary").click();
      await row.getByRole("link", { name: "Force-release…" }).click();
      await page.fill("[name=reason]", "Runner was killed, the node is gone");
      await fits(page);
      await press(page, "Force-release");
      await page.getByText("Forced").first().waitFor();
      const session = (await cli.exchange()).data.token;
      assert.equal((await cli.unlock(session, KEY)).status, 404);
      assert.equal((await cli.unlock(session, "acme/infra/plat-ue1-dev/rds/orders")).status, 403, "a person's lock");
    });

    await step("what is typed into the settings stays text", async () => {
      await page.goto(`${slug}/settings`);
      await page.fill("[name=description]", "</textarea><script>alert(1)</script>");
      await press(page, "Save changes");
      await page.getByText("The settings are saved.").waitFor();
      assert.equal(await page.inputValue("[name=description]"), "</textarea><script>alert(1)</script>");
    });

    await step("signing out ends it", async () => {
      await page.goto("/account");
      await press(page, "Sign out");
      await page.goto(slug);
      assert.match(page.url(), /\/sign-in\?next=/);
      await page.fill("[name=email]", PERSON.email);
      await page.fill("[name=password]", PERSON.password);
      await press(page, "Sign in");
      await page.waitForURL((url) => url.pathname === slug);
    });
  });
}
