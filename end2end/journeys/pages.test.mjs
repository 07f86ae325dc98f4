// Every page there is, with something on it: nothing for axe to find and nothing that sticks out, at every width in
// both themes, and an empty console.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { leadsTo, press, sendForm, unfold } from "../harness/act.mjs";
import { newPage } from "../harness/browser.mjs";
import { png } from "../harness/files.mjs";
import { useHouse } from "../harness/house.mjs";
import { inspect } from "../harness/look.mjs";
import { admin } from "../harness/operator.mjs";
import { pages } from "../harness/routes.mjs";
import { startServer } from "../harness/server.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "stackyard-journey-"));
const database = `sqlite://${path.join(folder, "stackyard.db")}`;
const house = useHouse({ env: { STACKYARD_DATABASE_URL: database }, furnish });
after(() => rm(folder, { recursive: true, force: true }));

/** What a run said. */
const PLAN = [
  "\x1b[36matmos terraform plan\x1b[0m rds/orders -s plat-ue1-prod",
  "module.rds.aws_db_instance.main: Refreshing state... [id=plat-ue1-prod-orders]",
  "",
  '  \x1b[1m# module.rds.aws_db_instance.main["writer"]\x1b[0m will be updated in-place',
  '  \x1b[33m~\x1b[0m resource "aws_db_instance" "main" {',
  "      \x1b[33m~\x1b[0m allocated_storage = 100 \x1b[33m->\x1b[0m 200",
  "    }",
  "",
  "\x1b[1mPlan:\x1b[0m \x1b[32m3 to add\x1b[0m, \x1b[33m2 to change\x1b[0m, \x1b[31m1 to destroy\x1b[0m.",
  "",
].join("\n");

/** What the addresses are about. */
const at = {};

async function furnish(page) {
  const workspace = await house.workspace(page, "Acme Platform");
  const infra = await workspace.repository("acme/infra");
  const network = await workspace.repository("acme/network");
  await workspace.permission(infra, "ws:locks:create", {
    workflow: "deploy.yaml",
    branch: "main|release/.*",
    pull_request: "",
    workflow_run: "true",
  });
  await workspace.permission(infra, "ws:locks:delete");
  await workspace.permission(infra, "ws:instances:create", { environment: "prod" });
  await workspace.permission(infra, "ws:instances:create", { branch: "main" });
  await workspace.permission(infra, "ws:instances:update", { branch: "main" });
  await workspace.permission(infra, "ws:affected_stacks:create", { branch: "main" });
  await workspace.permission(infra, "ws:deployments:create", { branch: "main" });
  await workspace.permission(network, "ws:locks:create");
  const main = (await workspace.cli.exchange()).data.token;
  assert.equal((await workspace.cli.lock(main, "acme/infra/plat-ue1-prod/eks/cluster")).status, 201);
  assert.equal((await workspace.cli.lock(main, "acme/infra/plat-ue1-dev/vpc")).status, 201);
  assert.equal((await workspace.cli.unlock(main, "acme/infra/plat-ue1-dev/vpc")).status, 200);
  const instances = ["dev:vpc", "dev:eks/cluster", "prod:eks/cluster", "prod:rds/orders", "prod:vpc"].map((name) => {
    const [stack, component] = name.split(":");
    const settings = name === "dev:vpc" ? { pro: { enabled: true } } : {};
    return { stack: `plat-ue1-${stack}`, component, component_type: "terraform", settings };
  });
  assert.equal((await workspace.cli.inventory(main, instances)).status, 200);
  for (const [index, exit_code] of [0, 2, 1, 0].entries()) {
    const reported = await workspace.cli.report(main, instances[index], { command: index ? "plan" : "apply", exit_code });
    assert.equal(reported.status, 200);
  }
  const app = { stack: "plat-ue1-prod", component: "app/orders", dependents: [] };
  const rds = { stack: "plat-ue1-prod", component: "rds/orders", dependents: [app] };
  const eks = { stack: "plat-ue1-prod", component: "eks/cluster", dependents: [app] };
  const vpc = { stack: "plat-ue1-prod", component: "vpc", dependents: [eks, rds] };
  assert.equal((await workspace.cli.affected(main, [vpc, rds])).status, 200);
  await page.goto(`${workspace.path}/stacks/affected`);
  at.affected = await leadsTo(page, /^4f5eefb/);
  await page.goto(`${workspace.path}/stacks`);
  at.instance = await leadsTo(page, "vpc");
  await page.goto(`${workspace.path}/deployments`);
  at.deployment = await leadsTo(page, /^vpc/);
  const rollout = await workspace.cli.deploy(main, { ...instances[3], title: "Bigger nodes, private network for orders" });
  assert.equal(rollout.status, 201);
  await workspace.cli.log(main, rollout.data.id, PLAN);
  at.logged = `${workspace.path}/deployments/${rollout.data.id}`;
  const other = (await workspace.cli.exchange({ branch: "feature/heron" })).data.token;
  const denied = await workspace.cli.lock(other, "acme/infra/plat-ue1-prod/vpc");
  at.why = new URL(denied.errorMessage.match(/Why: (\S+)/)[1]).pathname;
  const network74 = {
    repository: "acme/network",
    repository_id: "75",
    workflow_ref: "acme/network/.github/workflows/deploy.yaml@refs/heads/main",
  };
  assert.equal((await workspace.cli.exchange(network74)).status, 200);
  assert.equal((await workspace.cli.exchange({ ...network74, repository_owner_id: "66" })).status, 403);
  await house.send(page, "locks/take", {
    workspace: workspace.slug,
    repository: infra.id,
    stack: "plat-ue1-dev",
    component: "rds/orders",
    minutes: "60",
    message: "Rotating by hand",
    back: `${workspace.path}/locks`,
  });
  await workspace.token(infra, "nightly-apply", "30");
  await workspace.credential("access_token", "nightly-report", "3");
  await workspace.credential("api_key", "inventory-service");
  admin(
    database,
    ["create-user", "--email", "tomas@acme.example", "--name", "Tomas Quillfeather", "--password-stdin"],
    "a password of a member",
  );
  admin(database, ["add-member", "--workspace", workspace.slug, "--email", "tomas@acme.example", "--role", "member"]);
  const invited = await workspace.invite("kim@acme.example", "admin");
  at.invite = invited.link;
  const used = await workspace.invite("lou@acme.example", "viewer");
  await workspace.invite("lou@acme.example", "member");
  at.replaced = used.link;
  await page.goto(`${workspace.path}/team?status=invited`);
  at.invitation = (await page.locator("a[href*='/team/invitations/']").first().getAttribute("href")).replace(/\/\w+$/, "");
  await page.goto(`${workspace.path}/team`);
  at.member = (await page.locator("a[href*='/team/members/'][href$='/role']").first().getAttribute("href")).replace(/\/\w+$/, "");
  await grantAccess(page, workspace, infra);
  await workspace.describe("What every team builds on");
  await page.goto(`${workspace.path}/settings`);
  await page.setInputFiles("#logo", { name: "logo.png", mimeType: "image/png", buffer: png(64, 64, [10, 102, 125]) });
  await press(page, "Add logo");
  await page.getByText("The logo was changed.").waitFor();
  at.rotate = await leadsTo(page, "New secret");
  at.switch = await leadsTo(page, "Switch off");
  at.revoke = await leadsTo(page, "Revoke…");
  await page.goto(`${infra.path}/permissions`);
  at.edit = await leadsTo(page, /^Edit Locks Create/);
  at.remove = await leadsTo(page, /^Remove Locks Create/);
  await page.goto(`${workspace.path}/locks`);
  at.force = await leadsTo(page, "Force-release…");
  at.history = await leadsTo(page, "History of this key");
  Object.assign(at, { workspace: workspace.path, infra: infra.path });
}

/** Groups, roles on a repository, and a member who asks for more. */
async function grantAccess(page, workspace, infra) {
  const to = { workspace: workspace.slug, back: `${workspace.path}/team/groups` };
  const name = "Platform engineering and everybody who is on call at night";
  const made = await house.send(page, "groups/create", { ...to, name, description: "On call for what every team builds on" });
  at.group = new URL(made.url()).pathname;
  const group = at.group.split("/").at(-1);
  const member = at.member.split("/").at(-1);
  await house.send(page, "groups/add", { ...to, group, "members[0]": member });
  for (const [who, role] of [
    [name, "write"],
    ["tomas@acme.example", "admin"],
  ]) {
    await house.send(page, "access/grant", { ...to, repository: infra.id, who, role });
  }
  const profile = await house.browser.newContext();
  const tomas = (form, fields) => house.send(profile, form, fields);
  await tomas("sign-in", { email: "tomas@acme.example", password: "a password of a member", back: "/sign-in" });
  const reason = "Ida is away until Monday, and the pull requests of the network team wait for somebody who may merge them.";
  await tomas("access/ask", { ...to, what: "role", role: "admin", reason });
  await profile.close();
  await page.goto(`${workspace.path}/team/requests`);
  at.request = await leadsTo(page, "Decide");
}

/** A page in one of its states: its name, its address, what is done there, and how wide it is then. */
const state = (name, address, act = async () => {}, width) => ({ name, address, act, width });
const open = (words) => (page) => unfold(page, words);
const refused = (fields, button) => async (page) => {
  await sendForm(page, fields, button);
  await page.getByRole("alert").filter({ hasText: /\S/ }).first().waitFor();
};

const WORKSPACE = "/dashboard/workspaces/{slug}";
const REPOSITORY = `${WORKSPACE}/repositories/{repo}`;
const VISITS = {
  "/": [state("home", () => "/")],
  "/setup": [state("setup-over", () => "/setup?token=used")],
  "/sign-in": [state("sign-in-signed-in", () => "/sign-in")],
  "/forgot": [state("forgot", () => "/forgot")],
  "/reset/{token}": [state("reset-over", () => "/reset/nonsense")],
  "/verify/{token}": [state("verify-over", () => "/verify/nonsense")],
  "/notices": [state("notices", () => "/notices")],
  "/account": [
    state("account", () => "/account"),
    state("account-refused", () => "/account", refused({ "#name": " " }, "Save profile")),
  ],
  "/start": [
    state(
      "start-refused",
      () => "/start",
      refused({ "#name": "Acme Two", "#slug": "acme-platform" }, "Create Workspace"),
    ),
  ],
  "/help": [state("help-index", () => "/help")],
  "/help/api": [state("api", () => "/help/api")],
  "/help/{tag}": [state("help", () => "/help/NoPermission")],
  "/why/{trace}": [state("why", () => at.why)],
  "/dashboard/workspaces": [state("workspaces", () => "/dashboard/workspaces")],
  [WORKSPACE]: [
    state("overview", () => at.workspace),
    state("switcher", () => at.workspace, open("switch workspace")),
    state("menu", () => at.workspace, open(/Menu$/), 390),
  ],
  "/dashboard/jump": [
    state("jump", () => `/dashboard/jump?workspace=${at.workspace.split("/").at(-1)}`),
    state("jump-none-found", () => "/dashboard/jump?q=nowhere"),
  ],
  [`${WORKSPACE}/settings`]: [
    state("settings", () => `${at.workspace}/settings`),
    state("access-token-new", () => `${at.workspace}/settings?new=access_token`),
    state("api-key-refused", () => `${at.workspace}/settings?new=api_key`, refused({ "#credential-name": "ab" }, "Generate Key")),
    state("credential-rotate", () => at.rotate),
    state("credential-switch", () => at.switch),
    state("credential-revoke", () => at.revoke),
    state(
      "token-revoke",
      () => `${at.workspace}/settings`,
      async (page) => {
        await page.getByRole("link", { name: "Revoke nightly-apply" }).click();
        await page.getByRole("dialog").waitFor();
      },
    ),
    state("settings-refused", () => `${at.workspace}/settings`, refused({ "#slug": "Not A Slug" }, "Save changes")),
  ],
  [`${WORKSPACE}/repositories`]: [
    state("repositories", () => `${at.workspace}/repositories`),
    state("repositories-none-found", () => `${at.workspace}/repositories?q=nowhere`),
    state("repositories-refused", () => `${at.workspace}/repositories?add=1`, refused({ "#name": "no name" }, "Add")),
  ],
  [`${REPOSITORY}/setup`]: [state("setup-page", () => `${at.infra}/setup`)],
  [`${REPOSITORY}/remove`]: [
    state("repository-remove", () => `${at.infra}/remove`, refused({ "#name": "other" }, "Remove repository")),
  ],
  [`${REPOSITORY}/access`]: [
    state("access", () => `${at.infra}/access`),
    state("access-refused", () => `${at.infra}/access`, refused({ "#who": "nobody@acme.example" }, "Grant access")),
  ],
  [`${REPOSITORY}/permissions`]: [state("permissions", () => `${at.infra}/permissions`)],
  [`${REPOSITORY}/permissions/new`]: [
    state("permissions-new", () => `${at.infra}/permissions/new`),
    state(
      "permissions-refused",
      () => `${at.infra}/permissions/new`,
      refused({ "#workflow": "[a-", "#environment": "(" }, "Add permission"),
    ),
  ],
  [`${REPOSITORY}/permissions/{perm}/edit`]: [state("permissions-edit", () => at.edit)],
  [`${REPOSITORY}/permissions/{perm}/remove`]: [state("permissions-remove", () => at.remove)],
  [`${WORKSPACE}/stacks`]: [
    state("stacks", () => `${at.workspace}/stacks`),
    state("stacks-drifted", () => `${at.workspace}/stacks?status=drifted`),
    state("stacks-none", () => `${at.workspace}/stacks?q=nowhere`),
  ],
  [`${WORKSPACE}/stacks/affected`]: [
    state("affected", () => `${at.workspace}/stacks/affected`),
    state("affected-none-found", () => `${at.workspace}/stacks/affected?q=nowhere`),
  ],
  [`${WORKSPACE}/stacks/affected/{affected}`]: [state("order", () => at.affected)],
  [`${WORKSPACE}/stacks/{instance}`]: [state("instance", () => at.instance, open("Settings"))],
  [`${WORKSPACE}/deployments`]: [
    state("deployments", () => `${at.workspace}/deployments`),
    state("deployments-none-found", () => `${at.workspace}/deployments?q=nowhere`),
  ],
  [`${WORKSPACE}/deployments/{deployment}/cancel`]: [
    state("deployment-cancel", () => `${at.logged}/cancel`, refused({ "#reason": "no" }, "Mark as cancelled")),
  ],
  [`${WORKSPACE}/deployments/{deployment}`]: [
    state("deployment", () => at.deployment),
    state("deployment-log", () => at.logged),
    state("deployment-log-search", () => `${at.logged}?q=module`),
  ],
  "/invite/{token}": [
    state("invite", () => at.invite),
    state("invite-replaced", () => at.replaced),
    state("invite-unknown", () => "/invite/nonsense"),
  ],
  [`${WORKSPACE}/team`]: [
    state("team", () => `${at.workspace}/team`),
    state("team-invited", () => `${at.workspace}/team?status=invited`),
    state("team-none-found", () => `${at.workspace}/team?q=nobody`),
  ],
  [`${WORKSPACE}/team/invite`]: [
    state("team-invite", () => `${at.workspace}/team/invite`),
    state("team-invite-refused", () => `${at.workspace}/team/invite`, refused({ "#people": "no address\nx@" }, "Invite")),
  ],
  [`${WORKSPACE}/team/leave`]: [state("team-leave-owner", () => `${at.workspace}/team/leave`)],
  [`${WORKSPACE}/team/members/{member}/role`]: [state("member-role", () => `${at.member}/role`)],
  [`${WORKSPACE}/team/members/{member}/access`]: [state("member-access", () => `${at.member}/access`)],
  [`${WORKSPACE}/team/members/{member}/remove`]: [state("member-remove", () => `${at.member}/remove`)],
  [`${WORKSPACE}/team/members/{member}/transfer`]: [state("member-transfer", () => `${at.member}/transfer`)],
  [`${WORKSPACE}/team/members/{member}/groups`]: [state("member-groups", () => `${at.member}/groups`)],
  [`${WORKSPACE}/team/members/{member}/effective`]: [state("member-effective", () => `${at.member}/effective`)],
  [`${WORKSPACE}/team/groups`]: [
    state("groups", () => `${at.workspace}/team/groups`),
    state("groups-refused", () => `${at.workspace}/team/groups?new=1`, refused({ "#name": " " }, "Make the group")),
  ],
  [`${WORKSPACE}/team/groups/{group}`]: [
    state("group", () => at.group),
    state("group-add", () => `${at.group}?add=1`),
    state("group-edit", () => `${at.group}?edit=1`),
    state("group-delete", () => `${at.group}?delete=1`),
  ],
  [`${WORKSPACE}/team/requests`]: [state("requests", () => `${at.workspace}/team/requests`)],
  [`${WORKSPACE}/team/requests/{request}`]: [
    state("request-decide", () => at.request),
    state("request-refused", () => at.request, refused({ "#reject-note": "" }, "Reject")),
  ],
  [`${WORKSPACE}/team/invitations/{invitation}/resend`]: [state("invitation-resend", () => `${at.invitation}/resend`)],
  [`${WORKSPACE}/team/invitations/{invitation}/revoke`]: [state("invitation-revoke", () => `${at.invitation}/revoke`)],
  [`${WORKSPACE}/locks`]: [
    state("locks", () => `${at.workspace}/locks`),
    state("locks-take", () => `${at.workspace}/locks`, open("Take a lock")),
    state("locks-history", () => at.history),
    state("locks-force", () => at.force),
  ],
  [`${WORKSPACE}/activity`]: [
    state("activity", () => `${at.workspace}/activity`, open("Locks Create")),
    state("activity-none", () => `${at.workspace}/activity?q=nowhere`),
  ],
};

/** Pages that the owner, who looks at all of them, is refused. */
const REFUSED = new Set([`${WORKSPACE}/team/leave`]);

test("every page of the site is among those that are looked at", async () => {
  assert.deepEqual(Object.keys(VISITS).sort(), (await pages()).sort());
});

for (const [pattern, states] of Object.entries(VISITS)) {
  for (const { name, address, act, width } of states) {
    test(`${pattern}: ${name}`, async (t) => {
      const isRefused = REFUSED.has(pattern);
      const page = await house.enter(t, { width, tolerate: isRefused ? /status of 4\d\d/ : undefined });
      const answer = await page.goto(address());
      assert.equal(answer.ok(), !isRefused, `${answer.status()} at ${page.url()}`);
      await act(page);
      await inspect(page, name);
    });
  }
}

test("an address that leads nowhere", async (t) => {
  const page = await house.enter(t, { tolerate: /status of 404/ });
  for (const [name, address] of [
    ["not-found", "/nowhere"],
    ["not-found-workspace", "/dashboard/workspaces/nowhere/locks"],
    ["not-found-why", "/why/01M7ZAXPSJN7PTEF9JNT"],
  ]) {
    assert.equal((await page.goto(address)).status(), 404);
    await page.getByRole("heading", { level: 1, name: "There is nothing here that you may see" }).waitFor();
    await inspect(page, name);
  }
});

test("what somebody who may only look is shown, and refused", async (t) => {
  const password = "a password of a viewer";
  admin(
    database,
    ["create-user", "--email", "vera@acme.example", "--name", "Vera Longacre", "--password-stdin"],
    password,
  );
  admin(database, [
    "add-member",
    "--workspace",
    at.workspace.split("/").at(-1),
    "--email",
    "vera@acme.example",
    "--role",
    "viewer",
  ]);
  const page = await newPage(t, house.browser, { origin: house.server.origin, tolerate: /status of 403/ });
  await page.goto(`${at.workspace}/settings`);
  await page.fill("[name=email]", "vera@acme.example");
  await page.fill("[name=password]", password);
  await press(page, "Sign in");
  await page.getByText("Owners and admins change the settings").waitFor();
  await inspect(page, "settings-viewer");
  for (const [name, address, forbidden] of [
    ["repositories-viewer", `${at.workspace}/repositories`, /Add Repository|Remove repository|Confirm$/],
    ["permissions-viewer", `${at.infra}/permissions`, /Add Permissions|^Edit|^Remove/],
    ["stacks-viewer", `${at.workspace}/stacks`, /^Remove/],
    ["locks-viewer", `${at.workspace}/locks`, /Take a lock|Force-release|^Release$/],
    ["team-viewer", `${at.workspace}/team`, /Invite|Change role|^Suspend$|Remove from/],
    ["team-leave", `${at.workspace}/team/leave`, /Invite/],
  ]) {
    await page.goto(address);
    const buttons = page.locator("main").locator("a, button, summary").filter({ hasText: forbidden });
    assert.equal(await buttons.count(), 0, `nothing on ${name} that is refused`);
    await inspect(page, name);
  }
  for (const address of [`${at.infra}/remove`, `${at.infra}/permissions/new`, at.edit, at.remove]) {
    assert.equal((await page.goto(address)).status(), 403, address);
  }
  await page.getByRole("heading", { level: 1, name: "You may not do this" }).waitFor();
  await inspect(page, "forbidden");
});

test("the one-time link, and the sign-in", async (t) => {
  const server = await startServer();
  const page = await newPage(t, house.browser, { origin: server.origin });
  t.after(() => server.stop());
  const link = server.setupLink();
  assert.ok(link.startsWith(`${server.origin}/setup?`), link);
  await page.goto(link);
  await refused({ "[name=name]": "Ida", "[name=email]": "not an address" }, "Create account")(page);
  await inspect(page, "setup-refused");
  await page.goto("/sign-in?next=/account");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Sign in");
  await inspect(page, "sign-in");
  const stranger = { "[name=email]": "nobody@acme.example", "[name=password]": "not the password at all" };
  await refused(stranger, "Sign in")(page);
  await inspect(page, "sign-in-refused");
});
