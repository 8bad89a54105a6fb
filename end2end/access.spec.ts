import type { Page } from "@playwright/test";

import { account, start } from "./application";
import { enter, expect, hydrated, login, open, slowLine, test } from "./fixtures";
import { stranger, subscriber } from "./rest";

/** Opens the account menu, with a click as without JavaScript. */
const accountMenu = (page: Page) => page.getByRole("button", { name: /Account and appearance/ }).click();

test("a wrong password is said, and the address is kept @nojs", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await open(page, "/login");
  await page.getByLabel("Email").fill("somebody@demo.test");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("Email and password do not match")).toBeVisible();
  await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Email")).toHaveValue("somebody@demo.test");
  expect(page.url(), "the address of a page is remembered, and this one is personal").not.toContain("somebody");
});

test("who logs in comes to the page they wanted @nojs", async ({ page }) => {
  await open(page, "/contacts?state=opted_out");
  await page.waitForURL(/login/);
  await hydrated(page);
  await page.getByLabel("Email").fill("owner@demo.test");
  await page.getByLabel("Password").fill("demo-password");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => url.pathname === "/contacts" && url.searchParams.get("state") === "opted_out");
});

test("who logs out is a stranger again @nojs", async ({ page }) => {
  await login(page);
  await accountMenu(page);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(/login/);
  await page.goto("/contacts");
  await page.waitForURL(/login/);
  await expect(page.getByRole("heading", { level: 1, name: "Log in to WhatsCloud" })).toBeVisible();
});

test.describe("by the keyboard", () => {
  test.beforeEach(({ page }) => enter(page, "/contacts"));

  test("a slash leads to the search, and what is typed there is no shortcut", async ({ page }) => {
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox")).toBeFocused();
    await page.keyboard.type("g c?/");
    await expect(page.getByRole("searchbox")).toHaveValue("g c?/");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  test("g and a letter lead to a place", async ({ page }) => {
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await page.waitForURL(/\/ledger$/);
    await expect(page.getByRole("heading", { level: 1, name: "Ledger" })).toBeFocused();
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await page.waitForURL(/\/contacts$/);
    await expect(page.getByRole("heading", { level: 1, name: "Contacts" })).toBeVisible();
  });

  test("a question mark lists the keys, and Escape puts the list away", async ({ page }) => {
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(keys.getByText("Go to Contacts")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(keys).toBeHidden();
  });
});

test("the theme that was chosen is there from the first paint on, before the program arrives", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await enter(page, "/contacts");
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await accountMenu(page);
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await slowLine(page);
  await page.goto("/contacts");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");
  expect(await paper()).not.toBe(light);
});

test("the first start gives a link, and the link makes the business and its owner once @nojs", async ({ page }, info) => {
  const application = await start(`setup_${info.project.name}`, []);
  try {
    await expect.poll(() => application.setupLink()).toBeTruthy();
    const link = application.setupLink()!;
    await open(page, link);
    await page.getByLabel("Business name").fill("Padaria Aurora");
    await page.getByLabel("Email").fill("owner@example.test");
    await page.getByLabel("Password").fill("a sentence to remember");
    await page.getByRole("button", { name: "Create business and log in" }).click();
    await page.waitForURL(/opt-in-out/);
    await expect(page.getByRole("heading", { level: 1, name: "Opt-In/Out System" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Padaria Aurora" })).toBeVisible();
    await open(page, `${application.url}/contacts`);
    await expect(page.getByText("No contacts yet")).toBeVisible();
    await expect(page.getByRole("link", { name: "Simulator" }), "there is no pretend phone outside the demo").toHaveCount(0);
    await open(page, link);
    await expect(page.getByText("This setup link does not work")).toBeVisible();
  } finally {
    await application.stop();
  }
});

test("who may only look sees no switch that could be pressed, and is refused when they get around it", async ({ page, application, allowedErrors }) => {
  allowedErrors.push(/status of 403/);
  const watched = await subscriber(application, "Watched Example");
  await enter(page, `/contacts?q=${encodeURIComponent(watched.name)}`, await account(application, "viewer"));
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${watched.name}` });
  await expect(toggle).toBeDisabled();
  await expect(page.getByRole("link", { name: "Add contact" })).toHaveCount(0);
  await page.locator("form.switch-form").filter({ has: toggle }).evaluate((form: HTMLFormElement) => form.requestSubmit());
  await expect(page.getByRole("alert").getByText(/Your role does not allow this/)).toBeVisible();
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await open(page, "/settings/application/opt-in-out");
  await expect(page.getByText("You can look, but only owners and admins change these settings.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save Changes" })).toBeHidden();
  await expect(page.getByLabel("Help Answer")).toBeDisabled();
});

test("an agent records what a customer said, and changes no settings", async ({ page, application }) => {
  const told = await stranger(application, "Told Example");
  await enter(page, `/contacts/${told.id}`, await account(application, "agent"));
  await page.getByRole("button", { name: "Record opt-out" }).click();
  await expect(page.getByText("Opted out").first()).toBeVisible();
  await open(page, "/settings/application/opt-in-out");
  await expect(page.getByRole("button", { name: "Save Changes" })).toBeHidden();
});
