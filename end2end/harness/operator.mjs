// What an operator does on the command line, beside a running server.
import { execFileSync } from "node:child_process";
import { binary } from "./server.mjs";

/** `stackyard admin …` on the server's database; `input` is what it reads. Gives what it printed, trimmed. */
export function admin(databaseUrl, args, input = "") {
  const env = { ...process.env, STACKYARD_DATABASE_URL: databaseUrl };
  return execFileSync(binary, ["admin", ...args], { env, input, encoding: "utf8" }).trim();
}
