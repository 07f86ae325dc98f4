// Getting back in by mail, and hearing of a change of trust that somebody else made.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { press, sendForm } from "../harness/act.mjs";
import { newPage } from "../harness/browser.mjs";
import { useHouse } from "../harness/house.mjs";
import { inspect } from "../harness/look.mjs";
import { openMailbox } from "../harness/mailbox.mjs";
import { join, signIn } from "../harness/people.mjs";

const mailbox = await openMailbox();
after(() => mailbox.close());
const house = useHouse({ env: mailbox.env });
const NEW = "another battery staple";
const RESET = /\/reset\/[0-9A-Za-z_-]+/;

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  const tag = javaScript ? "js" : "still";

  test(`${how}: a forgotten password is replaced by a mailed link, once, and ends the other sessions`, async (t) => {
    const { origin } = house.server;
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Forgetting ${tag}`);
    const email = `nell-${tag}@acme.example`;
    const elsewhere = await join(t, house, workspace, { javaScript, name: "Nell Thackeray", email, role: "member" });

    const page = await newPage(t, house.browser, { origin, javaScript });
    await page.goto("/sign-in");
    await page.getByRole("link", { name: /Forgot/ }).click();
    await page.getByRole("heading", { name: "Forgot your password?" }).waitFor();
    if (javaScript) await inspect(page, "forgot");
    await sendForm(page, { "[name=email]": `nobody-${tag}@acme.example` }, "Mail me a link");
    const toNobody = await page.getByRole("main").innerText();
    await page.goto("/forgot");
    await sendForm(page, { "[name=email]": email }, "Mail me a link");
    const toSomebody = await page.getByRole("main").innerText();
    const bare = (text, address) => text.replaceAll(address, "…");
    assert.equal(bare(toSomebody, email), bare(toNobody, `nobody-${tag}@acme.example`), "the same answer to both");

    const link = await mailbox.link(email, RESET);
    await page.goto(link);
    if (javaScript) await inspect(page, "reset");
    await sendForm(page, { "[name=new]": "short" }, "Set password");
    await page.getByText("12 characters").first().waitFor();
    await sendForm(page, { "[name=new]": NEW }, "Set password");
    await page.goto(link);
    await page.getByRole("heading", { name: "This link does not work" }).waitFor();
    await elsewhere.goto("/account");
    await elsewhere.waitForURL("**/sign-in?next=%2Faccount");
    await elsewhere.goto("/sign-in");
    await signIn(elsewhere, email, NEW);
    await elsewhere.goto(workspace.path);
    await elsewhere.getByRole("link", { name: "Configured Repositories" }).first().waitFor();
  });

  test(`${how}: the owner hears in the app and by mail that an admin let somebody in, and reads it away`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Hearing ${tag}`);
    const repository = await workspace.repository("acme/infra");
    const email = `quill-${tag}@acme.example`;
    const admin = await join(t, house, workspace, { javaScript, name: "Quill Aldous", email, role: "admin" });
    await owner.goto("/notices");
    if ((await owner.getByRole("button", { name: "Mark all as read" }).count()) > 0) {
      await press(owner, "Mark all as read");
    }
    await owner.getByText("all read").first().waitFor();

    await admin.goto(`${repository.path}/permissions/new`);
    await sendForm(
      admin,
      { "[name=workflow]": "deploy.yaml", "[name=branch]": "main", "[name=environment]": "*" },
      "Add permission",
    );
    await owner.goto(workspace.path);
    const bell = owner.getByRole("link", { name: /^Notices, 1 unread$/ });
    await bell.first().waitFor();
    await bell.first().click();
    await owner.getByText("Quill Aldous").first().waitFor();
    if (javaScript) await inspect(owner, "notices");
    await press(owner, "Mark all as read");
    await owner.goto(workspace.path);
    assert.equal(await owner.getByRole("link", { name: /unread$/ }).count(), 0);
    const told = await mailbox.link("ida@acme.example", /\/dashboard\/workspaces\/[^\s]+|\/notices/);
    assert.ok(told);
  });
}
