// What most journeys begin with: a server, a browser, and the first account signed in.
import { after, before } from "node:test";
import { launch, openPage, SCREEN, watch } from "./browser.mjs";
import { startIssuer, workflow } from "./issuer.mjs";
import { startServer } from "./server.mjs";

export const PERSON = { name: "Ida Brambleford", email: "ida@acme.example", password: "correct horse battery staple" };
export const WORKSPACES = "/dashboard/workspaces";
/** The path of an invitation's link. */
export const INVITATION = /\/invite\/[0-9A-Za-z_-]+/;

/** A house for all tests of a file; it is there once they run, and `furnish` was given a page of the first account. */
export function useHouse({ env = {}, furnish = async () => {} } = {}) {
  const pages = new Map();
  const house = {
    /**
     * A page of somebody who is signed in as the first account. All tests of a file have the same one, with scripts and
     * without: most of the time that a browser takes goes into new pages. What `tolerate` is, `watch` says.
     */
    enter: async (t, { javaScript, width = SCREEN.width, tolerate } = {}) => {
      const page = await thePage(javaScript);
      if (page.viewportSize().width !== width) await page.setViewportSize({ ...SCREEN, width });
      await page.mouse.move(0, 0);
      watch(t, page, { tolerate });
      return page;
    },
    /** Sends a form without its page, as a browser would. */
    send: (page, form, fields) => send(page, house.server.origin, form, fields),
    workspace: (page, name) => makeWorkspace(house, page, name),
  };
  const thePage = async (javaScript = true) => {
    const options = { origin: house.server.origin, javaScript, storageState: house.signedIn, still: true };
    if (!pages.has(javaScript)) pages.set(javaScript, await openPage(house.browser, options));
    return pages.get(javaScript);
  };
  before(async () => {
    house.issuer = await startIssuer();
    house.server = await startServer({ env: { ...house.issuer.env, ...env } });
    house.browser = await launch();
    house.signedIn = await firstAccount(house);
    await furnish(await thePage());
  });
  after(async () => {
    await house.browser?.close();
    await house.server?.stop();
    await house.issuer?.stop();
  });
  return house;
}

/** Sends a form as its page does and gives the answer at the end of its redirects. */
async function send(page, origin, form, fields) {
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
  /** Sends a form that stands on a page of the workspace. */
  const post = (form, from, fields) => house.send(page, form, { workspace: slug, ...fields, back: `${path}/${from}` });
  return {
    name,
    slug,
    path,
    id,
    cli: workflow(house.server, house.issuer, id),
    /** Adds a repository and gives its path. */
    async repository(repository) {
      const added = await post("repositories/add", "repositories", { name: repository });
      const found = added.url().match(/\/repositories\/(repo_\w+)\/permissions/);
      if (!found) throw new Error(`${repository} was not added: ${await refusals(added)}`);
      return { id: found[1], path: `${path}/repositories/${found[1]}` };
    },
    /** Gives a repository a permission; patterns that are left out are `*`. */
    async permission(repository, kind, patterns = {}) {
      const list = `${repository.path}/permissions`;
      const added = await post("permissions/add", `repositories/${repository.id}/permissions/new`, {
        repository: repository.id,
        kind,
        workflow: "*",
        branch: "*",
        environment: "*",
        pull_request: "true",
        ...patterns,
      });
      if (new URL(added.url()).pathname !== list) throw new Error(`${kind} was not added: ${await refusals(added)}`);
    },
    describe: (description) => post("workspaces/update", "settings", { name, slug, description }),
    /** Invites somebody with a link to hand over, and gives its path. */
    async invite(email, role) {
      const sent = { people: email, role, way: "copied", days: "7" };
      const invited = await post("invitations/invite", "team/invite", sent);
      const found = (await invited.text()).match(INVITATION);
      if (!found) throw new Error(`${email} was not invited: ${await refusals(invited)}`);
      return { link: found[0] };
    },
    /** Generates an access token or an API key that reads groups; without `days` it does not end. */
    credential: (kind, name, days = "") =>
      post("credentials/create", "settings", { kind, name, "scopes[0]": "groups:read", days }),
    /** Generates a token of a repository; without `days` it does not end. */
    token: ({ id }, name, days = "") => post("tokens/create", "settings", { repository: id, name, days }),
  };
}
