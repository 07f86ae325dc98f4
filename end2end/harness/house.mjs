// What most journeys begin with: a server, a browser, and the first account signed in.
import { after, before } from "node:test";
import { launch, newPage } from "./browser.mjs";
import { startIssuer, workflow } from "./issuer.mjs";
import { startServer } from "./server.mjs";

export const PERSON = { name: "Ida Brambleford", email: "ida@acme.example", password: "correct horse battery staple" };
export const WORKSPACES = "/dashboard/workspaces";

/** A house for all tests of a file; it is there once they run, and `furnish` was given a page of the first account. */
export function useHouse({ env = {}, furnish = async () => {} } = {}) {
  const house = {
    /** A page of somebody who is signed in as the first account. */
    enter: (t, options = {}) =>
      newPage(t, house.browser, {
        origin: house.server.origin,
        storageState: house.signedIn,
        still: true,
        ...options,
      }),
    /** Sends a form without its page, as a browser would. */
    send: (page, form, fields) => send(page, house.server.origin, form, fields),
    workspace: (page, name) => makeWorkspace(house, page, name),
  };
  before(async () => {
    house.issuer = await startIssuer();
    house.server = await startServer({ env: { ...house.issuer.env, ...env } });
    house.browser = await launch();
    house.signedIn = await firstAccount(house);
    const profile = await house.browser.newContext({ baseURL: house.server.origin, storageState: house.signedIn });
    await furnish(await profile.newPage());
    await profile.close();
  });
  after(async () => {
    await house.browser?.close();
    await house.server?.stop();
    await house.issuer?.stop();
  });
  return house;
}

/** Sends a form as its page does and gives the answer at the end of its redirects. */
export async function send(page, origin, form, fields) {
  const answer = await page.request.post(`${origin}/forms/${form}`, {
    form: fields,
    headers: { origin, accept: "text/html" },
  });
  if (!answer.ok()) throw new Error(`${form}: ${answer.status()} ${answer.url()}`);
  return answer;
}

/** What a form that came back says is wrong. */
async function refusals(answer) {
  const alerts = (await answer.text()).matchAll(/role="alert"[^>]*>([\s\S]*?)<\/(?:p|div)>/g);
  const said = [...alerts].map(([, html]) => html.replace(/<[^>]*>/g, " ").trim());
  return `${said.filter(Boolean).join("; ") || "nothing is said"} (${answer.url()})`;
}

async function firstAccount({ browser, server }) {
  const profile = await browser.newContext();
  const { origin } = server;
  const link = new URL(await server.setupLink());
  await profile.request.get(link.href);
  const token = [...link.searchParams.values()][0];
  const answer = await send(profile, origin, "setup", { ...PERSON, token, back: link.pathname + link.search });
  if (!answer.url().endsWith("/start")) throw new Error(`the first account was not made: ${answer.url()}`);
  const state = await profile.storageState();
  await profile.close();
  return state;
}

/** Makes a workspace; gives its path, its id, what its workflows do, and how it gets repositories and permissions. */
async function makeWorkspace(house, page, name) {
  const made = await house.send(page, "workspaces/create", { name, back: "/start" });
  const slug = new URL(made.url()).pathname.match(/^\/dashboard\/workspaces\/([a-z0-9-]+)$/)?.[1];
  if (!slug) throw new Error(`${name} was not made: ${await refusals(made)}`);
  const path = `${WORKSPACES}/${slug}`;
  const settings = await (await page.request.get(`${house.server.origin}${path}/settings`)).text();
  const id = settings.match(/ws_[0-9A-Za-z]{28}/)[0];
  return {
    name,
    slug,
    path,
    id,
    cli: workflow(house.server, house.issuer, id),
    /** Adds a repository and gives its path. */
    async repository(repository) {
      const added = await house.send(page, "repositories/add", {
        workspace: slug,
        name: repository,
        back: `${path}/repositories`,
      });
      const found = added.url().match(/\/repositories\/(repo_\w+)\/permissions/);
      if (!found) throw new Error(`${repository} was not added: ${await refusals(added)}`);
      return { id: found[1], path: `${path}/repositories/${found[1]}` };
    },
    /** Gives a repository a permission; patterns that are left out are `*`. */
    async permission(repository, kind, patterns = {}) {
      const back = `${repository.path}/permissions`;
      const fields = { workflow: "*", branch: "*", environment: "*", pull_request: "true", ...patterns };
      const added = await house.send(page, "permissions/add", {
        workspace: slug,
        repository: repository.id,
        kind,
        ...fields,
        back: `${back}/new`,
      });
      if (new URL(added.url()).pathname !== back) throw new Error(`${kind} was not added: ${await refusals(added)}`);
    },
  };
}
