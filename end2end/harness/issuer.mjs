// An issuer of a journey's own: GitHub's claims, signed with a key that lives as long as the test.
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";

const KID = "journey";

/** Starts the issuer on a free loopback port. */
export async function startIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: KID, alg: "RS256", use: "sig" };
  const web = createServer((request, response) => {
    const answers = {
      "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/keys` },
      "/keys": { keys: [jwk] },
    };
    // What a runner gives its jobs, for whoever has the token of the request.
    const mayAsk = request.headers.authorization === `Bearer ${requestToken}`;
    if (request.url === "/oidc?api-version=2.0&audience=atmos-pro.com" && mayAsk) {
      answers[request.url] = { value: issuer.token() };
    }
    const answer = answers[request.url];
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  });
  await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${web.address().port}`;
  const requestToken = randomUUID();
  const issuer = {
    /** What a runner tells its jobs, so that they can ask for a token. */
    runner: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/oidc?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    /** What makes a server trust it for github.com. */
    env: { STACKYARD_ISSUERS: `[{kind="github",host="github.com",url="${url}",audiences=["atmos-pro.com"]}]` },
    /** A token of a push to `main` of acme/infra; `claims` change it. */
    token(claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const branch = claims.branch ?? "main";
      const all = {
        iss: url,
        aud: "atmos-pro.com",
        jti: randomUUID(),
        sub: `repo:acme/infra:ref:refs/heads/${branch}`,
        iat: now,
        nbf: now - 600,
        exp: now + 300,
        repository: "acme/infra",
        repository_id: "74",
        repository_owner: "acme",
        repository_owner_id: "65",
        repository_visibility: "private",
        workflow: "Deploy",
        workflow_ref: `acme/infra/.github/workflows/deploy.yaml@refs/heads/${branch}`,
        job_workflow_ref: `acme/infra/.github/workflows/deploy.yaml@refs/heads/${branch}`,
        ref: `refs/heads/${branch}`,
        ref_type: "branch",
        head_ref: "",
        base_ref: "",
        event_name: "push",
        actor: "wren-oakhollow",
        actor_id: "12",
        run_id: "20931",
        run_number: "7",
        run_attempt: "1",
        sha: "4be1f70c9a5d2e8b3f6a1c4d7e0b9a8c5d2f1e0b",
        runner_environment: "github-hosted",
        ...claims,
      };
      delete all.branch;
      const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
      const signed = `${encode({ typ: "JWT", alg: "RS256", kid: KID })}.${encode(all)}`;
      return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
    stop: () => new Promise((resolve) => web.close(resolve)),
  };
  return issuer;
}

/** What the `atmos` CLI does, over HTTP. */
export function workflow(server, issuer, workspaceId) {
  const send = async (method, path, body, bearer) => {
    const headers = { "content-type": "application/json", "user-agent": "atmos/1.226.1 (linux; amd64)" };
    if (bearer) headers.authorization = `Bearer ${bearer}`;
    const answer = await fetch(`${server.origin}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, ...(await answer.json()) };
  };
  return {
    exchange: (claims) => send("POST", "/auth/github-oidc", { token: issuer.token(claims), workspaceId }),
    lock: (session, key, { ttl = 1800, message = "Locked by Atmos" } = {}) =>
      send("POST", "/locks", { key, ttl, lockMessage: message }, session),
    inventory: (session, instances) => send("POST", "/instances", { instances }, session),
    affected: (session, stacks) =>
      send("POST", "/affected-stacks", { head_sha: "4f5eefb", base_sha: "c2bf060", stacks }, session),
    report: (session, { repository = "acme/infra", stack, component }, result) =>
      send("PATCH", `/repos/${repository}/instances?${new URLSearchParams({ stack, component })}`, result, session),
    deploy: (session, deployment) => send("POST", "/deployments", deployment, session),
    progress: (session, id, status) => send("PATCH", `/deployments/${id}`, { status }, session),
    /** Adds to a log, from the byte `offset` on; gives the next offset. */
    async log(session, id, text, offset = 0) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 65_536) {
        const piece = bytes.subarray(at, at + 65_536);
        const answer = await fetch(`${server.origin}/api/v1/deployments/${id}/logs?offset=${offset + at}`, {
          method: "POST",
          headers: { authorization: `Bearer ${session}` },
          body: piece,
        });
        if (!answer.ok) throw new Error(`the log: ${answer.status} ${await answer.text()}`);
      }
      return offset + bytes.length;
    },
    unlock: (session, key) => send("DELETE", "/locks", { key }, session),
  };
}
