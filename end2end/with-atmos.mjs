// Tries the real `atmos` against a server of its own: `node with-atmos.mjs <path of atmos>`. Not among the journeys, since
// atmos cannot be installed everywhere; what one version of it sent is replayed by the server's own tests.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { startIssuer } from "./harness/issuer.mjs";
import { admin } from "./harness/operator.mjs";
import { startServer } from "./harness/server.mjs";

const atmos = process.argv[2];
assert.ok(atmos, "say where atmos is: node with-atmos.mjs <path>");

const folder = await mkdtemp(path.join(tmpdir(), "stackyard-atmos-"));
const database = `sqlite://${path.join(folder, "stackyard.db")}`;
const issuer = await startIssuer();
const server = await startServer({ env: { ...issuer.env, STACKYARD_DATABASE_URL: database } });
/** The claims of the next token. */
let claims = {};
const github = await tokenEndpoint();
try {
  const email = "ida@acme.example";
  admin(database, ["create-user", "--email", email, "--name", "Ida", "--password-stdin"], "correct horse battery staple");
  const workspace = admin(database, ["create-workspace", "--name", "Acme", "--slug", "acme", "--owner", email]);
  admin(database, ["add-repository", "--workspace", "acme", "--name", "acme/infra"]);
  for (const kind of ["ws:locks:create", "ws:locks:delete"]) {
    const where = ["--workspace", "acme", "--repository", "acme/infra", "--kind", kind];
    admin(database, ["add-permission", ...where, "--workflow", "deploy.yaml", "--branch", "main"]);
  }
  await checkout();
  const instance = ["--stack", "dev", "--component", "vpc"];
  await step("a workflow of main takes the lock", 0, workspace, ["pro", "lock", ...instance, "--message", "applying"]);
  await step("it takes it again and is told who holds it", 1, workspace, ["pro", "lock", ...instance], {
    run_id: "20932",
  });
  await step("a workflow of another branch is refused with the reason", 1, workspace, ["pro", "lock", ...instance], {
    branch: "hotfix",
  });
  await step("it gives the lock back", 0, workspace, ["pro", "unlock", ...instance]);
} finally {
  github.close();
  await server.stop();
  await issuer.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Runs atmos as a step of a workflow does. */
async function step(name, status, workspace, args, changed = {}) {
  claims = changed;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ATMOS_PRO_BASE_URL: server.origin,
    ATMOS_PRO_WORKSPACE_ID: workspace,
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${github.address().port}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner",
    GITHUB_ACTIONS: "true",
    ATMOS_TELEMETRY_ENABLED: "false",
  };
  const result = await new Promise((resolve) =>
    execFile(atmos, args, { cwd: path.join(folder, "infra"), env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, said: `${stdout}${stderr}` }),
    ),
  );
  console.log(`── ${name} (exit ${result.status})\n${result.said.trim()}\n`);
  assert.equal(result.status, status, name);
}

/** What GitHub's runner asks for a token. */
async function tokenEndpoint() {
  const web = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ value: issuer.token(claims) }));
  });
  await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));
  return web;
}

/** A checkout of acme/infra with one component in one stack. */
async function checkout() {
  const root = path.join(folder, "infra");
  const files = {
    "atmos.yaml": [
      "base_path: .",
      "components: { terraform: { base_path: components/terraform } }",
      "stacks: { base_path: stacks, included_paths: ['*.yaml'], name_pattern: '{stage}' }",
    ],
    "stacks/dev.yaml": ["vars: { stage: dev }", "components: { terraform: { vpc: { vars: {} } } }"],
    "components/terraform/vpc/main.tf": [""],
  };
  for (const [name, lines] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), `${lines.join("\n")}\n`);
  }
  const git = (...args) => execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: root });
  git("init", "--quiet", "--initial-branch", "main");
  git("remote", "add", "origin", "https://github.com/acme/infra.git");
  git("add", ".");
  git("commit", "--quiet", "--message", "infra");
}
