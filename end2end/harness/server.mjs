// A server of a journey's own: a free loopback port, an empty SQLite directory, gone afterwards.
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** What is tested. */
export const binary =
  process.env.STACKYARD_BINARY ?? fileURLToPath(new URL("../../target/debug/stackyard", import.meta.url));
const outputFolder = fileURLToPath(new URL("../output/", import.meta.url));
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

/** Starts `stackyard serve` and waits until it answers. `env` adds to the environment, `args` to the command line. */
export async function startServer({ env = {}, args = [] } = {}) {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "stackyard-journey-"));
  const place = { cwd: folder, env: { ...withoutOurs(process.env), PORT: String(port), ...env } };
  let output = "";
  let link;
  let child;
  let ended;
  /** Starts the program, and waits until it answers. */
  const run = async () => {
    child = spawn(binary, ["serve", ...args], { ...place, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    ended = new Promise((resolve) => child.once("close", resolve));
    const failed = new Promise((_, reject) => child.once("error", reject));
    await Promise.race([answers(`${server.origin}/healthz`, child), failed]);
  };
  process.once("exit", () => child?.kill("SIGKILL"));

  const server = {
    origin: `http://localhost:${port}`,
    /** Everything that was printed so far. */
    output: () => output,
    /** The one-time link that makes the first account; one for the whole journey, since a new one replaces the old. */
    setupLink() {
      link ??= execFileSync(binary, ["admin", "setup-link"], { ...place, encoding: "utf8" }).trim();
      return link;
    },
    /** Kills it as a machine that fails would, leaves it away for `away` milliseconds, and starts it again. */
    async fail(away = 0) {
      child.kill("SIGKILL");
      await ended;
      await sleep(away);
      await run();
    },
    /** Stops it; what it printed stays in `output/<journey>.server.log`. */
    async stop() {
      child.kill("SIGTERM");
      if ((await Promise.race([ended, sleep(STOP_LIMIT_MS, "late", { ref: false })])) === "late") child.kill("SIGKILL");
      await ended;
      await mkdir(outputFolder, { recursive: true });
      await writeFile(path.join(outputFolder, `${path.basename(process.argv[1])}.server.log`), output);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await run();
  } catch (error) {
    if (child?.pid) await server.stop();
    throw new Error(`${binary} does not start: ${error.message}\n${output}`);
  }
  return server;
}

async function answers(url, child) {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} did not answer within ${START_LIMIT_MS / 1000} s`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A developer's own settings must not decide what a journey sees. */
function withoutOurs(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("STACKYARD_")));
}
