// Full pages, with names as long as they can be: nothing sticks out at any width. GALLERY=1 takes pictures of them all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leadsTo, sendForm, unfold } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";
import { awake, everyLook, fits, screenshots } from "../harness/look.mjs";

const house = useHouse({ furnish });
const at = {};

const ROOF = "The-Platform-Team-Of-Everything-That-Anybody-Ever-Builds-";
const WORKSPACE_NAME = ROOF.repeat(5).slice(0, 255);
const OWNER = "the-organisation-with-the-longest-name-x".slice(0, 39);
const LONG_NAME = `${OWNER}/${"infrastructure-live-and-everything-else-".repeat(3).slice(0, 100)}`;
const LONG_BRANCH = `feature/${"somebody-thought-of-this-on-a-monday-".repeat(6)}`.slice(0, 200);
const WORDS =
  "Applying by hand while the certificate of the load balancer is rotated; ask in the channel before you take it. ";
const kinds = [
  "ws:affected_stacks:create",
  "ws:deployments:create",
  "ws:locks:create",
  "ws:locks:delete",
  "ws:instances:create",
  "ws:instances:update",
  "ws:commits:create",
];

/** Does `act` for 0 to `count` less one, a few at a time. */
async function many(count, act) {
  const left = Array.from({ length: count }, (_, index) => index);
  const work = async () => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) await act(index);
  };
  await Promise.all(Array.from({ length: 4 }, work));
}

async function countWorkspaces(page) {
  await page.goto("/dashboard/workspaces");
  return page.locator("main ul h2").count();
}

async function furnish(page) {
  const workspace = await house.workspace(page, WORKSPACE_NAME);
  await workspace.describe("Accounts-networks-and-clusters-".repeat(40).slice(0, 1000));
  const infra = await workspace.repository(LONG_NAME);
  await many(59, (index) =>
    workspace.repository(index % 15 === 0 ? `${LONG_NAME.slice(0, -3)}-${index}` : `acme/service-${index}`),
  );
  await many(21, (index) =>
    workspace.permission(infra, kinds[index % kinds.length], {
      workflow: ["*", "deploy.yaml", `${"very-long-name-of-a-workflow-".repeat(6)}${index}.yaml`][index % 3],
      branch: ["main", `(main|release/.*|${"hotfix-or-something-like-it-".repeat(6)}[0-9]+)`, `exact-${index}`][
        index % 3
      ],
      environment: ["*", "prod", "production-of-the-european-union-and-of-everything-around-it-.*"][index % 3],
      workflow_run: index % 4 === 0 ? "true" : "",
    }),
  );
  await workspace.permission(infra, "ws:locks:delete", { workflow: "deploy.yaml", branch: "main" });
  await workspace.permission(infra, "ws:commits:create");
  const run = (branch) => ({
    repository: LONG_NAME,
    repository_owner: OWNER,
    workflow_ref: `${LONG_NAME}/.github/workflows/deploy.yaml@refs/heads/${branch}`,
    branch,
  });
  const session = (await workspace.cli.exchange(run("main"))).data.token;
  const key = (index) =>
    `${LONG_NAME}/plat-ue1-prod-${index}/${"eks/cluster-of-something/".repeat(index % 3 === 0 ? 8 : 1)}node-group`;
  await many(60, async (index) => {
    const lock = await workspace.cli.lock(session, key(index), { message: index % 4 === 0 ? WORDS.repeat(8) : WORDS });
    assert.equal(lock.status, 201, lock.errorMessage);
  });
  await many(8, (index) => workspace.cli.unlock(session, key(index * 3)));
  await workspace.permission(infra, "ws:instances:create");
  await workspace.permission(infra, "ws:instances:update");
  await workspace.permission(infra, "ws:affected_stacks:create");
  await workspace.permission(infra, "ws:deployments:create");
  const component = (index) => `${"eks/cluster-of-something/".repeat(index % 3 === 0 ? 8 : 1)}node-group-${index}`;
  const instances = Array.from({ length: 60 }, (_, index) => ({
    stack: `${"plat-of-the-european-union-".repeat(index % 4 === 0 ? 4 : 1)}prod-${Math.floor(index / 6)}`,
    component: component(index),
    component_type: "terraform",
  }));
  assert.equal((await workspace.cli.inventory(session, instances)).status, 200);
  const target = (index) => ({ repository: LONG_NAME, ...instances[index] });
  await many(40, async (index) => {
    const result = { command: "plan", exit_code: [0, 2, 1, 0][index % 4] };
    assert.equal((await workspace.cli.report(session, target(index), result)).status, 200);
  });
  await many(20, async (index) => {
    const { stack, component } = instances[index];
    const made = await workspace.cli.deploy(session, { stack, component, title: WORDS, message: WORDS.repeat(3) });
    assert.equal(made.status, 201, made.errorMessage);
    if (index > 0) {
      await workspace.cli.progress(session, made.data.id, ["success", "failure", "cancelled", "in_progress"][index % 4]);
      return;
    }
    at.deployment = `${workspace.path}/deployments/${made.data.id}`;
    const lines = Array.from({ length: 3000 }, (_, line) => `${line % 7 ? "" : "\x1b[31m"}${WORDS.repeat((line % 40) + 1)}`);
    await workspace.cli.log(session, made.data.id, lines.join("\n"));
  });
  const forest = instances.slice(0, 50).map(({ stack, component }, index) => ({
    stack,
    component,
    dependents: index < 40 ? [instances[index + 10], instances[(index + 5) % 50]].map((one) => ({ ...one, dependents: [] })) : [],
  }));
  assert.equal((await workspace.cli.affected(session, forest)).status, 200);
  await page.goto(`${workspace.path}/stacks/affected`);
  at.affected = await leadsTo(page, /^4f5eefb/);
  await page.goto(`${workspace.path}/stacks`);
  at.instance = await page.locator("main table a[href*='/stacks/ins_']").first().getAttribute("href");
  const stranger = (await workspace.cli.exchange(run(LONG_BRANCH))).data?.token;
  const denied = await workspace.cli.lock(stranger, key(100));
  assert.equal(denied.status, 403);
  at.why = new URL(denied.errorMessage.match(/Why: (\S+)/)[1]).pathname;
  const tokenName = "nightly-apply-of-everything-".repeat(4).slice(0, 100);
  await many(6, (index) => workspace.token(infra, index % 2 ? "t" : tokenName, index % 3 ? "30" : ""));
  await many(5, (index) =>
    house.send(page, "workspaces/create", {
      name: `${ROOF}${index}`,
      slug: `roof-${index}`,
      description: WORDS.repeat(4),
      back: "/start",
    }),
  );
  assert.equal(await countWorkspaces(page), 6);
  Object.assign(at, { workspace: workspace.path, infra: infra.path });
  await page.goto(`${infra.path}/permissions`);
  at.edit = await leadsTo(page, /^Edit/, 1);
  at.remove = await leadsTo(page, /^Remove/, 1);
  await page.goto(`${workspace.path}/locks`);
  at.force = await leadsTo(page, "Force-release…");
  at.history = await leadsTo(page, "History of this key");
  await page.goto(`${workspace.path}/activity`);
  at.older = await leadsTo(page, "Older");
}

/** Sends a form with what makes it come back. */
const sent = (fields, button) => async (page) => {
  await sendForm(page, fields, button);
  await page.locator('[role="alert"]:not(:empty)').first().waitFor();
};
const opened = (words) => (page) => unfold(page, words);
const LONG = "x".repeat(300);

for (const [name, address, act = async () => {}] of [
  ["full-workspaces", () => "/dashboard/workspaces"],
  ["full-switcher", () => at.workspace, opened("switch workspace")],
  ["full-overview", () => at.workspace],
  ["full-repositories", () => `${at.workspace}/repositories`],
  [
    "full-repository-menu",
    () => `${at.workspace}/repositories`,
    (page) => page.locator("summary[title=Settings]").first().click(),
  ],
  ["full-repository-remove", () => `${at.infra}/remove`],
  ["full-setup", () => `${at.infra}/setup`],
  ["full-permissions", () => `${at.infra}/permissions`],
  ["full-permission-edit", () => at.edit],
  ["full-permission-remove", () => at.remove],
  ["full-stacks", () => `${at.workspace}/stacks`],
  ["full-instance", () => at.instance],
  ["full-affected", () => `${at.workspace}/stacks/affected`],
  ["full-order", () => at.affected],
  ["full-deployments", () => `${at.workspace}/deployments`],
  ["full-deployment", () => at.deployment],
  ["full-jump", () => `/dashboard/jump?workspace=${at.workspace.split("/").at(-1)}&q=infrastructure`],
  ["full-locks", () => `${at.workspace}/locks`],
  ["full-locks-history", () => at.history],
  ["full-locks-force", () => at.force],
  ["full-activity", () => `${at.workspace}/activity`],
  ["full-activity-older", () => at.older],
  ["full-activity-denied", () => `${at.workspace}/activity?outcome=denied`, opened("Locks Create")],
  ["full-why", () => at.why],
  ["full-settings", () => `${at.workspace}/settings`],
  ["full-account", () => "/account"],
  ["failed-start", () => "/start", sent({ "#name": "x", "#slug": "A b" }, "Create Workspace")],
  [
    "failed-settings",
    () => `${at.workspace}/settings`,
    sent({ "#name": "x", "#slug": "A b", "#description": LONG.repeat(4) }, "Save changes"),
  ],
  ["failed-delete", () => `${at.workspace}/settings`, sent({ "#delete-name": LONG }, "Delete workspace")],
  ["failed-token", () => `${at.workspace}/settings`, sent({ "#token-name": "" }, "Generate Token")],
  ["failed-repository", () => `${at.workspace}/repositories?add=1`, sent({ "#name": LONG }, "Add")],
  ["failed-repository-remove", () => `${at.infra}/remove`, sent({ "#name": LONG }, "Remove repository")],
  [
    "failed-permission",
    () => `${at.infra}/permissions/new`,
    sent({ "#workflow": `(${LONG}`, "#branch": "[z-a]", "#environment": `${"a|".repeat(100)}(` }, "Add permission"),
  ],
  [
    "failed-lock",
    () => `${at.workspace}/locks`,
    async (page) => {
      await unfold(page, "Take a lock");
      await sent(
        { "[name=stack]": LONG, "[name=component]": "///", "[name=message]": "x".repeat(1000) },
        "Take lock",
      )(page);
    },
  ],
  ["failed-force", () => at.force, sent({ "[name=reason]": "" }, "Force-release")],
  ["failed-profile", () => "/account", sent({ "[name=name]": "" }, "Save profile")],
  ["failed-password", () => "/account", sent({ "[name=current]": "not it", "[name=new]": "short" }, "Change password")],
]) {
  test(`nothing sticks out of ${name}`, async (t) => {
    const page = await house.enter(t);
    const answer = await page.goto(address());
    assert.equal(answer.status(), 200);
    await act(page);
    await awake(page);
    await everyLook(page, () => fits(page), ["light"]);
    await screenshots(page, name);
  });
}
