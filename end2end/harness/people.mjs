// How people come in: by a link, in a browser of their own.
import { press, sendForm } from "./act.mjs";
import { newPage } from "./browser.mjs";
import { PERSON } from "./house.mjs";

/** Everybody's, so that they can come back. */
const PASSWORD = PERSON.password;

/** Sends the form that invites; `way` is how the link travels. */
export async function invite(page, workspace, people, way, role = "Member") {
  await page.goto(`${workspace.path}/team/invite`);
  await page.getByLabel("E-mail").fill(people);
  await page.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
  await page.getByRole("radio", { name: new RegExp(`^${way}`) }).check();
  await press(page, "Invite");
}

/** Makes an account on the page of an invitation, and joins. */
export const makeAccount = (page, name) =>
  sendForm(page, { "[name=name]": name, "[name=password]": PASSWORD }, "Create account and join");

export const signIn = (page, email, password = PASSWORD) =>
  sendForm(page, { "[name=email]": email, "[name=password]": password }, "Sign in");

/** A page of somebody new in the workspace; `options` of `newPage`. */
export async function join(t, house, workspace, { name, email, role = "member", ...options }) {
  const { link } = await workspace.invite(email, role);
  const page = await newPage(t, house.browser, { origin: house.server.origin, ...options });
  await page.goto(link);
  await makeAccount(page, name);
  await page.waitForURL(`**${workspace.path}*`);
  return page;
}
