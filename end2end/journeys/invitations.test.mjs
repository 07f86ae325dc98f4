// What becomes of invitations besides being accepted: declined, taken by the other account, sent anew, taken back.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { choose, leadsTo, press } from "../harness/act.mjs";
import { newPage } from "../harness/browser.mjs";
import { INVITATION, useHouse, WORKSPACES } from "../harness/house.mjs";
import { openMailbox } from "../harness/mailbox.mjs";
import { invite, join, makeAccount, signIn } from "../harness/people.mjs";

const mailbox = await openMailbox();
after(() => mailbox.close());
const house = useHouse({ env: mailbox.env });

const title = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

test("a file of people is read into the list, and one that is no text says so", async (t) => {
  const owner = await house.enter(t);
  const workspace = await house.workspace(owner, "By file");
  await owner.goto(`${workspace.path}/team/invite`);
  const file = owner.getByLabel("Read a CSV file");
  const choice = (name, text) => file.setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await owner.fill("#people", "ann@acme.example");
  await choice("logo.png", [0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
  await owner.getByText("logo.png: it is not text in UTF-8.").waitFor();
  await choice("people.csv", '\ufeffname,e-mail,role\r\n"Vane, Iris",iris@acme.example,admin\r\nBea,bea@acme.example,\r\n');
  await owner.getByText("3 lines of people.csv").waitFor();
  assert.match(await owner.inputValue("#people"), /^ann@acme\.example\n/);
  await owner.getByRole("radio", { name: /^Copy the link/ }).check();
  await press(owner, "Invite", owner.getByRole("dialog"));
  await owner.getByText("3 people are invited.").waitFor();
  await owner.getByRole("row").filter({ hasText: "iris@acme.example" }).getByText("Admin").waitFor();
});

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  const tag = javaScript ? "js" : "still";
  const stranger = (t) => newPage(t, house.browser, { origin: house.server.origin, javaScript });

  test(`${how}: who declines what waits for them is not asked again, and the team's log says so`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const first = await house.workspace(owner, `Asking ${tag}`);
    const second = await house.workspace(owner, `Asking again ${tag}`);
    const address = `pia-${tag}@acme.example`;
    await invite(owner, first, address, "Mail it");
    const guest = await stranger(t);
    await guest.goto(await mailbox.link(address, INVITATION));
    await makeAccount(guest, "Pia Lindqvist");
    const { link } = await second.invite(address, "viewer");
    const waiting = guest.getByRole("region", { name: `Invitation to ${second.name}` });
    await guest.goto(WORKSPACES);
    await waiting.getByText("Ida Brambleford invited you").waitFor();
    await press(guest, "Decline", waiting);
    await guest.getByText(`You declined the invitation to ${second.name}.`).waitFor();
    assert.equal(await waiting.count(), 0);
    await guest.goto(link);
    await title(guest, "This invitation was declined");
    assert.equal(await leadsTo(guest, "My workspaces"), WORKSPACES);

    await owner.goto(`${second.path}/team?status=invited`);
    const row = owner.getByRole("row").filter({ hasText: address });
    await row.getByText("Declined").waitFor();
    await choose(row, "Take off the list…");
    await press(owner, "Take off the list", owner.getByRole("dialog"));
    await owner.goto(`${second.path}/team?status=invited`);
    await owner.getByText("Nobody is invited").waitFor();
    await owner.goto(`${second.path}/activity?q=${address}`);
    await owner.getByText(`Declined the invitation of ${address}`).first().waitFor();
    await owner.getByText("Pia Lindqvist").first().waitFor();
  });

  test(`${how}: who is signed in as somebody else switches the account, and the right one joins`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const before = await house.workspace(owner, `Switching from ${tag}`);
    const workspace = await house.workspace(owner, `Switching to ${tag}`);
    const [wrong, right] = [`rex-${tag}@acme.example`, `rosa-${tag}@acme.example`];
    await join(t, house, before, { name: "Rosa Vantongeren", email: right, javaScript });
    const page = await join(t, house, before, { name: "Rex Vantongeren", email: wrong, javaScript });
    const { link } = await workspace.invite(right, "admin");
    await page.goto(link);
    await title(page, "This invitation is for another address");
    await page.getByText(`It went to ${right}. You are signed in as ${wrong}.`).waitFor();
    await page.getByRole("button", { name: "Join as Rex Vantongeren" }).waitFor();
    await press(page, "Switch account");
    await page.getByText("You are signed out.").waitFor();
    await signIn(page, right);
    await title(page, `Join ${workspace.name}`);
    await press(page, "Join as Rosa Vantongeren");
    await page.getByText(`You are in ${workspace.name}.`).waitFor();
    await owner.goto(`${workspace.path}/team`);
    await owner.getByText("Rosa Vantongeren").first().waitFor();
    assert.equal(await owner.getByText("Rex Vantongeren").count(), 0);
  });

  test(`${how}: an invitation that is sent anew has a new link, and the one before says so`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Resending ${tag}`);
    const address = `sol-${tag}@acme.example`;
    await invite(owner, workspace, address, "Mail it");
    const old = await mailbox.link(address, INVITATION);
    await owner.goto(`${workspace.path}/team`);
    await choose(owner.getByRole("row").filter({ hasText: address }), "Resend, or make a link to copy");
    const dialog = owner.getByRole("dialog");
    await dialog.getByText(`${address} gets a new link, as Member. The link before is dead at once.`).waitFor();
    await dialog.getByRole("radio", { name: /^Copy the link/ }).check();
    await press(owner, "Make a new link", dialog);
    await owner.getByText("The one before does not work any more.").waitFor();
    const [next] = (await owner.content()).match(INVITATION);
    const guest = await stranger(t);
    await guest.goto(old);
    await title(guest, "A newer invitation was sent");
    await guest.getByText("Look for the later mail, or ask for the later link.").waitFor();
    await guest.goto(next);
    await makeAccount(guest, "Sol Achterberg");
    await guest.waitForURL(`**${workspace.path}*`);
  });

  test(`${how}: a link that was taken back, used, or never made says so and what to do`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Ending ${tag}`);
    const address = `tom-${tag}@acme.example`;
    const { link: revoked } = await workspace.invite(address, "member");
    const guest = await stranger(t);
    await guest.goto(revoked);
    await title(guest, `Join ${workspace.name}`);
    await owner.goto(`${workspace.path}/team`);
    await choose(owner.getByRole("row").filter({ hasText: address }), "Revoke invitation…");
    await press(owner, "Revoke invitation", owner.getByRole("dialog"));
    await owner.getByText("The invitation is taken back. Its link does not work any more.").waitFor();

    await makeAccount(guest, "Tom Eekhout");
    await title(guest, "This invitation was taken back");
    await guest.getByText("Ida Brambleford took it back").waitFor();
    assert.equal(await leadsTo(guest, "Sign in"), "/sign-in");

    const { link: used } = await workspace.invite(address, "member");
    await guest.goto(used);
    await makeAccount(guest, "Tom Eekhout");
    await guest.waitForURL(`**${workspace.path}*`);
    await guest.goto(used);
    await title(guest, "This invitation was used");
    await guest.getByText("A link works once. If that was you, you are in.").waitFor();
    await guest.getByRole("link", { name: "My workspaces" }).click();
    await guest.getByRole("link", { name: workspace.name }).first().waitFor();

    await guest.goto(used.slice(0, -4));
    await title(guest, "Nobody knows this link");
    await guest.getByText("Open it from the mail again, or ask who sent it.").waitFor();
    assert.equal(await leadsTo(guest, "My workspaces"), WORKSPACES);
  });
}
