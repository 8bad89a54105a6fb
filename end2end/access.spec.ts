import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { start } from "./application";
import { DEMO_USER, expect, hydrated, login, open, test } from "./fixtures";

test("a wrong password is said, and the address is kept @nojs", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await open(page, "/login");
  await page.getByLabel("Email").fill("somebody@demo.test");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Email")).toHaveValue("somebody@demo.test");
  expect(page.url(), "no address in the address").not.toContain("somebody");
});

test("who logs out is a stranger again @nojs", async ({ page }) => {
  await login(page);
  await page.locator("[popovertarget=account-menu]").click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(/login/);
  await page.goto("/contacts");
  await page.waitForURL(/login/);
});

test("the keys lead around: search, places, the list of keys", async ({ page }) => {
  await login(page);
  await open(page, "/contacts");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1 }).focus();
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.waitForURL(/ledger/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page.getByRole("dialog").getByText("Go to Contacts")).toBeVisible();
});

test("the theme that was chosen is there from the first paint on", async ({ page }) => {
  await login(page);
  await page.locator("[popovertarget=account-menu]").click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await page.request.get("/contacts")).text();
  expect(html).toContain('data-theme="dark"');
});

test("the first start gives a link, and the link makes the business and its owner @nojs", async ({ page, browserName }, info) => {
  const application = await start(`setup_${browserName}_${info.project.name}`, []);
  try {
    const printed = () => /first start: open (\S+)/.exec(application.log())?.[1];
    await expect.poll(printed).toBeTruthy();
    const link = printed();
    await page.goto(`${application.url}${new URL(link!).pathname}${new URL(link!).search}`);
    await hydrated(page);
    await page.getByLabel("Business name").fill("Padaria Aurora");
    await page.getByLabel("Email").fill("owner@example.test");
    await page.getByLabel("Password").fill("a sentence to remember");
    await page.getByRole("button", { name: "Create business and log in" }).click();
    await page.waitForURL(/opt-in-out/);
    await expect(page.getByRole("heading", { level: 1, name: "Opt-In/Out System" })).toBeVisible();
    await page.goto(`${application.url}/contacts`);
    await expect(page.getByText("No contacts yet")).toBeVisible();
    await page.goto(`${application.url}${new URL(link!).pathname}${new URL(link!).search}`);
    await expect(page.getByText("This setup link does not work")).toBeVisible();
  } finally {
    await application.stop();
  }
});

test("who may only look sees no switch that could be pressed", async ({ page, application }) => {
  const viewer = { email: "viewer@demo.test", password: "only looking around" };
  const made = promisify(execFile)(
    application.binary,
    ["user", "create", ...application.database, "--business", "demo", "--email", viewer.email, "--role", "viewer", "--password-stdin"],
  );
  made.child.stdin!.end(`${viewer.password}\n`);
  await made;
  await login(page, viewer);
  await open(page, "/contacts");
  await expect(page.getByRole("switch").first()).toBeDisabled();
  expect(viewer.email).not.toBe(DEMO_USER.email);
});
