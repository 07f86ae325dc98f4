// Configured Repositories: adding, searching, setting up, removing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { copies, press, search } from "../harness/act.mjs";
import { useHouse } from "../harness/house.mjs";

const house = useHouse();

for (const javaScript of [true, false]) {
  const how = javaScript ? "with" : "without";

  test(`a repository that is badly named or here already is refused at its field, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Larch ${how}`);
    await workspace.repository("acme/infra");
    await page.goto(`${workspace.path}/repositories`);
    await page.getByRole("link", { name: "Add Repository" }).first().click();
    const field = page.locator("#name");
    for (const [typed, reason] of [
      ["just-a-name", "A repository is written as owner/name."],
      ["acme/in fra", "A repository is written as owner/name."],
      ["ACME/Infra", "ACME/Infra is in this workspace already."],
      ["https://github.com/acme/infra", "acme/infra is in this workspace already."],
    ]) {
      await field.fill(typed);
      await press(page, "Add");
      await page.locator("#name-e").getByText(reason).waitFor();
      assert.equal(await field.inputValue(), typed, "what was typed comes back");
      assert.equal(await field.getAttribute("aria-invalid"), "true");
    }
  });

  test(`repositories are searched, and nothing found says so, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Maple ${how}`);
    for (const name of ["acme/infra", "acme/network", "zenith/infra-live"]) await workspace.repository(name);
    const rows = page.getByRole("table", { name: "Configured repositories" }).getByRole("link");
    const names = async () =>
      (await rows.allTextContents()).map((name) => name.trim()).filter((name) => name.includes("/"));
    await page.goto(`${workspace.path}/repositories`);
    assert.deepEqual(await names(), ["acme/infra", "acme/network", "zenith/infra-live"]);
    await search(page, "Search configured repositories", "INFRA");
    assert.deepEqual(await names(), ["acme/infra", "zenith/infra-live"]);
    await search(page, "Search configured repositories", "nothing-like-it");
    await page.getByText("No repository matches").waitFor();
    assert.equal(await rows.count(), 0);
    await page.getByRole("link", { name: "Show all" }).click();
    await page.waitForURL("**/repositories");
    assert.equal((await names()).length, 3);
  });

  test(`the setup page gives the workflow to copy, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Nimbus ${how}`);
    const repository = await workspace.repository("acme/infra");
    await page.goto(`${workspace.path}/repositories`);
    await page.locator("summary[aria-label='Settings of acme/infra']").click();
    await page.getByRole("link", { name: "Setup", exact: true }).click();
    await page.waitForURL(`**${repository.path}/setup`);
    const yaml = await page.getByLabel("Workflow", { exact: true }).textContent();
    for (const line of [
      "  id-token: write",
      `ATMOS_PRO_BASE_URL: ${house.server.origin}`,
      `ATMOS_PRO_WORKSPACE_ID: ${workspace.id}`,
    ]) {
      assert.ok(yaml.includes(line), `${line} in\n${yaml}`);
    }
    await page.getByText("Instances Create, Instances Update, Locks Create and Locks Delete").waitFor();
    await page.getByText("an address that only this machine reaches").waitFor();
    await copies(page, "Copy the workflow", yaml, javaScript);
  });

  test(`a repository is removed by its name alone, and its workflows are refused, ${how} JavaScript`, async (t) => {
    const page = await house.enter(t, { javaScript });
    const workspace = await house.workspace(page, `Osier ${how}`);
    const repository = await workspace.repository("acme/infra");
    await workspace.permission(repository, "ws:locks:create");
    const session = (await workspace.cli.exchange()).data.token;
    await page.goto(`${workspace.path}/repositories`);
    await page.locator("summary[aria-label='Settings of acme/infra']").click();
    await page.getByRole("link", { name: "Remove repository…" }).click();
    await page.waitForURL(`**${repository.path}/remove`);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 permission").waitFor();
    await dialog.getByLabel("Type acme/infra to confirm").fill("acme/other");
    await press(page, "Remove repository", dialog);
    await dialog.getByText("Type acme/infra to remove it.").waitFor();
    assert.equal(await dialog.getByLabel("Type acme/infra to confirm").inputValue(), "acme/other");
    assert.equal((await workspace.cli.lock(session, "acme/infra/dev/vpc")).status, 201, "nothing is removed yet");

    await dialog.getByLabel("Type acme/infra to confirm").fill("acme/infra");
    await press(page, "Remove repository", dialog);
    await page.getByText("acme/infra is removed.").waitFor();
    await page.getByText("No repository yet").waitFor();
    assert.equal((await page.request.get(`${repository.path}/permissions`)).status(), 404);
    assert.equal((await workspace.cli.lock(session, "acme/infra/dev/db")).status, 403, "never 401");
  });
}
