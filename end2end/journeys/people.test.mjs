// Two browsers: one invites, the other accepts, by a mailed link and by one that is handed over.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { choose, leadsTo, press } from "../harness/act.mjs";
import { newPage } from "../harness/browser.mjs";
import { INVITATION, useHouse } from "../harness/house.mjs";
import { openMailbox } from "../harness/mailbox.mjs";
import { invite, join, makeAccount } from "../harness/people.mjs";

const mailbox = await openMailbox();
after(() => mailbox.close());
const house = useHouse({ env: mailbox.env });

for (const javaScript of [true, false]) {
  const how = javaScript ? "with JavaScript" : "without JavaScript";
  const tag = javaScript ? "js" : "still";

  test(`${how}: a mailed link lets a new person in, and the team shows them`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Mailing ${tag}`);
    const address = `kim-${tag}@acme.example`;
    await invite(owner, workspace, address, "Mail it", "Admin");
    await owner.getByText(address).first().waitFor();
    assert.ok(!(await owner.content()).match(INVITATION), "a mailed link is seen by nobody else");
    const link = await mailbox.link(address, INVITATION);
    const guest = await newPage(t, house.browser, { origin: house.server.origin, javaScript });
    await guest.goto(link);
    await guest.goto(link);
    await guest.getByText("Nothing was used up by opening this page.").waitFor();
    await makeAccount(guest, "Kim Ostrander");
    await guest.waitForURL(`**${workspace.path}*`);
    await guest.getByRole("link", { name: "Configured Repositories" }).first().waitFor();
    await owner.goto(`${workspace.path}/team`);
    await owner.getByText("Kim Ostrander").first().waitFor();
    const late = await newPage(t, house.browser, { origin: house.server.origin, javaScript });
    await late.goto(link);
    await late.getByRole("heading", { name: "This invitation was used" }).waitFor();
  });

  test(`${how}: a link that is handed over lets a new person in, unverified`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Handing ${tag}`);
    await invite(owner, workspace, `lou-${tag}@acme.example`, "Copy the link", "Viewer");
    const [link] = (await owner.content()).match(INVITATION);
    await owner.goto(`${workspace.path}/team`);
    assert.ok(!(await owner.content()).includes(link), "the list shows no links");
    const guest = await newPage(t, house.browser, { origin: house.server.origin, javaScript });
    await guest.goto(link);
    await guest.getByText("Not proven: this link was handed over.").waitFor();
    await makeAccount(guest, "Lou Harrowgate");
    await guest.waitForURL(`**${workspace.path}*`);
  });

  test(`${how}: who is suspended is out with their next request, and back when they are restored`, async (t) => {
    const owner = await house.enter(t, { javaScript });
    const workspace = await house.workspace(owner, `Suspending ${tag}`);
    const una = { name: "Una Castellane", email: `una-${tag}@acme.example`, javaScript };
    const guest = await join(t, house, workspace, { ...una, tolerate: /status of 404/ });
    const row = owner.getByRole("row").filter({ hasText: una.name });
    await owner.goto(`${workspace.path}/team`);
    await choose(row, "Suspend");
    await press(owner, "Suspend", owner.getByRole("dialog"));
    await owner.getByText("Una Castellane is suspended. The role is kept.").waitFor();
    assert.match(await row.textContent(), /Suspended/);

    await guest.getByRole("link", { name: "Configured Repositories" }).first().click();
    await guest.getByRole("heading", { name: "There is nothing here that you may see" }).waitFor();
    await guest.getByRole("link", { name: "My workspaces" }).click();
    await guest.getByText("You are in no workspace yet").waitFor();
    await guest.goto("/notices");
    await guest.getByText("Ida Brambleford suspended Una Castellane").waitFor();
    await guest.goto((await workspace.invite(`una-too-${tag}@acme.example`, "admin")).link);
    await guest.getByRole("heading", { name: "Your access is suspended" }).waitFor();

    await owner.goto(`${workspace.path}/team`);
    await choose(row, "Restore access");
    await press(owner, "Restore access", owner.getByRole("dialog"));
    await owner.getByText("Una Castellane may come in again, as Member.").waitFor();
    await guest.goto(workspace.path);
    await guest.getByRole("link", { name: "Configured Repositories" }).first().waitFor();
  });

  test(`${how}: ownership that is offered is turned down or taken, and who had it may leave`, async (t) => {
    const owner = await house.enter(t, { javaScript, tolerate: /status of 404/ });
    const workspace = await house.workspace(owner, `Handing over ${tag}`);
    const rhea = { name: "Rhea Ottoline", email: `rhea-${tag}@acme.example`, javaScript };
    const guest = await join(t, house, workspace, rhea);
    const team = `${workspace.path}/team`;
    const offer = async () => {
      await owner.goto(team);
      await choose(owner.getByRole("row").filter({ hasText: rhea.name }), "Transfer ownership…");
      const dialog = owner.getByRole("dialog");
      await dialog.getByText("Rhea Ottoline has seven days to take it.").waitFor();
      await dialog.getByLabel(`Type ${workspace.name} to confirm`).fill(workspace.name);
      await press(owner, "Offer ownership", dialog);
      await owner.getByText("Ownership is offered to Rhea Ottoline.").first().waitFor();
    };
    await offer();
    await guest.goto(team);
    await press(guest, "Turn it down");
    await owner.goto(team);
    assert.equal(await owner.getByText("Ownership is offered").count(), 0);
    await offer();
    await guest.goto(team);
    await guest.getByText("is offered to you").waitFor();
    await press(guest, "Take ownership");
    await guest.getByRole("row").filter({ hasText: rhea.name }).getByText("Owner").waitFor();

    await owner.goto(team);
    await choose(owner.getByRole("row").filter({ hasText: "you" }), "Leave workspace…");
    await owner.getByText("You are Admin of").waitFor();
    await press(owner, "Leave workspace");
    assert.equal((await owner.goto(workspace.path)).status(), 404);
  });
}

test("somebody who is signed in sees which account joins, and accepts what waits among the workspaces", async (t) => {
  const owner = await house.enter(t);
  const first = await house.workspace(owner, "Waiting one");
  const second = await house.workspace(owner, "Waiting two");
  const address = "mo@acme.example";
  await invite(owner, first, address, "Mail it");
  const link = await mailbox.link(address, INVITATION);
  const guest = await newPage(t, house.browser, { origin: house.server.origin });
  await guest.goto(link);
  await makeAccount(guest, "Mo Pellerin");
  await guest.waitForURL(`**${first.path}*`);
  await invite(owner, second, address, "Mail it");
  await guest.goto("/dashboard/workspaces");
  await guest.getByText("Waiting two").first().waitFor();
  await press(guest, "Accept");
  await guest.waitForURL(`**${second.path}*`);
  const third = await house.workspace(owner, "Waiting three");
  await invite(owner, third, "somebody-else@acme.example", "Copy the link");
  const [other] = (await owner.content()).match(INVITATION);
  await guest.goto(other);
  await guest.getByRole("heading", { name: "This invitation is for another address" }).waitFor();
  await guest.getByText(address).first().waitFor();
});

test("a member whose role changes has it with the next page, and one who is removed is out", async (t) => {
  const owner = await house.enter(t);
  const workspace = await house.workspace(owner, "Changing");
  const ada = { name: "Ada Winterbourne", email: "ada@acme.example", role: "admin" };
  const guest = await join(t, house, workspace, { ...ada, tolerate: /status of 40[34]/ });
  await guest.goto(`${workspace.path}/team/invite`);
  await guest.getByRole("button", { name: "Invite" }).waitFor();
  await owner.goto(`${workspace.path}/team`);
  const member = (await leadsTo(owner, "Change role")).replace(/\/\w+$/, "");
  await owner.goto(`${member}/role`);
  await owner.getByRole("radio", { name: /^Viewer/ }).check();
  await press(owner, "Change role");
  assert.equal((await guest.goto(`${workspace.path}/team/invite`)).status(), 403);
  await owner.goto(`${member}/remove`);
  await owner.locator("form").getByRole("button").last().click();
  await owner.waitForURL(`**${workspace.path}/team*`);
  assert.equal((await guest.goto(workspace.path)).status(), 404);
});
