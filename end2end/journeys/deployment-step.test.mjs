// The step that a repository's setup page gives to workflows, run as a runner would.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();
const run = promisify(execFile);

/** The lines of a step's `run: |`, without what they are indented by. */
function script(step) {
  const lines = step.slice(step.indexOf("run: |\n") + "run: |\n".length).split("\n");
  const indent = lines[0].match(/^ */)[0].length;
  return lines.map((line) => line.slice(indent)).join("\n");
}

/** Runs the step of a repository in a folder of its own, with this `atmos`; gives its exit code and what it printed. */
async function deploy(t, workspace, step, atmos) {
  const folder = await mkdtemp(path.join(tmpdir(), "stackyard-step-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, "atmos"), `#!/bin/bash\n${atmos}\n`);
  await chmod(path.join(folder, "atmos"), 0o755);
  await writeFile(path.join(folder, "step.sh"), script(step));
  const env = {
    ...house.issuer.runner,
    PATH: `${folder}:${process.env.PATH}`,
    ATMOS_PRO_BASE_URL: house.server.origin,
    ATMOS_PRO_WORKSPACE_ID: workspace.id,
    GITHUB_RUN_ID: "20931",
    GITHUB_RUN_ATTEMPT: String(Math.random()),
    STACK: "plat-ue1-prod",
    COMPONENT: "vpc",
  };
  // As `shell: bash` is run by a runner.
  const bash = ["--noprofile", "--norc", "-eo", "pipefail", "step.sh"];
  return run("bash", bash, { cwd: folder, env, maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }) => ({ code, stdout }),
  );
}

/** A workspace whose workflows may deploy the instance vpc, and the step that its setup page gives. */
async function begin(page, name) {
  const workspace = await house.workspace(page, name);
  const repository = await workspace.repository("acme/infra");
  for (const kind of ["ws:instances:create", "ws:deployments:create"]) await workspace.permission(repository, kind);
  const session = (await workspace.cli.exchange()).data.token;
  const vpc = { stack: "plat-ue1-prod", component: "vpc" };
  assert.equal((await workspace.cli.inventory(session, [vpc])).status, 200);
  await page.goto(`${repository.path}/setup`);
  const step = await page.getByLabel("Deployment step").textContent();
  return { workspace, step };
}

test("the step records a deployment, its log and how it ended", async (t) => {
  const page = await house.enter(t);
  const { workspace, step } = await begin(page, "By the step");

  // More than one piece, while it runs and after it.
  const lines = 'echo "$@"; for i in {1..6000}; do echo "module.line[$i]: Refreshing"; done; sleep 3; echo "the end"';
  const good = await deploy(t, workspace, step, lines);
  assert.equal(good.code, 0);
  assert.ok(good.stdout.endsWith("the end\n"), "the runner's own log has it too");
  await page.goto(`${workspace.path}/deployments`);
  await page.getByRole("row", { name: /vpc/ }).getByText("Done").waitFor();
  await page.getByRole("link", { name: /vpc\s+plat-ue1-prod/ }).first().click();
  await page.getByText("6,002 lines").waitFor();
  await page.goto(`${page.url()}#L1`);
  await page.locator("#L1").getByText("terraform deploy vpc --stack plat-ue1-prod").waitFor();

  const bad = await deploy(t, workspace, step, "echo broken; exit 3");
  assert.equal(bad.code, 3, "the job ends as the apply did");
  await page.goto(`${workspace.path}/deployments`);
  await page.getByRole("row", { name: /vpc/ }).first().getByText("Failed").waitFor();
});

test("the step outlives a server that is away while the apply runs and when it ends", async (t) => {
  const page = await house.enter(t);
  const { workspace, step } = await begin(page, "Away");
  const answers = 'curl -sf -o /dev/null "$ATMOS_PRO_BASE_URL/healthz"';
  const lines = [
    "echo before",
    `while ${answers}; do sleep 0.2; done`,
    "for i in {1..3000}; do echo \"module.line[$i]: Refreshing\"; done",
    `until ${answers}; do sleep 0.2; done`,
    "echo between",
    `while ${answers}; do sleep 0.2; done`,
    "echo after",
    "exit 3",
  ];
  const deployed = deploy(t, workspace, step, lines.join("\n"));
  await page.goto(`${workspace.path}/deployments`);
  await page.getByRole("row", { name: /vpc/ }).getByText("Running").waitFor();
  await page.goto("about:blank");
  await house.server.fail(4000);
  // As long as atmos needs to see that it is there.
  await sleep(1000);
  await house.server.fail(8000);

  const { code, stdout } = await deployed;
  assert.equal(code, 3, "the job ends as the apply did");
  assert.ok(stdout.endsWith("between\nafter\n"), "the runner's own log is whole");
  await page.goto(`${workspace.path}/deployments`);
  await page.getByRole("row", { name: /vpc/ }).getByText("Failed").waitFor();
  await page.getByRole("link", { name: /vpc\s+plat-ue1-prod/ }).click();
  await page.getByText("3,003 lines").waitFor();
  await page.getByText("exit code 3").first().waitFor();
});
