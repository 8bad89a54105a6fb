import type { Page } from "@playwright/test";

import { start } from "./application";
import { accessible, enter, expect, hydrated, open, shoot, test } from "./fixtures";
import { stranger } from "./rest";

// The pictures tell more than a trace, which would take longer than the tests.
test.use({ trace: "off" });

/** Every page somebody who signed in can come to by its address, by the name of its pictures. */
const PAGES: Record<string, string> = {
  overview: "/",
  contacts: "/contacts",
  "contacts-opted-out": "/contacts?state=opted_out",
  "contacts-nobody": "/contacts?q=nobody-called-this",
  "contacts-new": "/contacts/new",
  decisions: "/decisions",
  ledger: "/ledger",
  simulator: "/simulator",
  settings: "/settings/application/opt-in-out",
  connection: "/settings/connection",
  team: "/settings/team",
  api: "/settings/api",
};

/** What holds for every page, in every look. */
async function looksRight(page: Page, name: string): Promise<void> {
  expect(await page.title(), `${name} has a title`).not.toBe("");
  await expect(page.locator("h1"), `${name} has one heading`).toHaveCount(1);
  await expect(page.locator("[aria-busy=true]"), `${name} has come to rest`).toHaveCount(0);
  await shoot(page, name, async (look) => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${look} scrolls sideways`).toBeLessThanOrEqual(0);
    await accessible(page);
  });
}

for (const [name, path] of Object.entries(PAGES)) {
  test(`everybody can read ${name}, small and large, light and dark, and with a screen reader`, async ({ page }) => {
    await enter(page, path);
    await looksRight(page, name);
  });
}

test("everybody can read the page of a person and the one that asks how they agreed", async ({ page }) => {
  await enter(page, "/contacts?state=opted_out");
  await page.locator("tbody a").first().click();
  await page.waitForURL(/contacts\/con_/);
  await looksRight(page, "contact");
  await open(page, `${new URL(page.url()).pathname}/opt-in`);
  await looksRight(page, "contact-opt-in");
});

test("everybody can read the list of keys and the question how a person agreed, which lie over a page", async ({ page, application }) => {
  const asked = await stranger(application, "Asked Example");
  await enter(page, `/contacts?q=${encodeURIComponent(asked.name)}`);
  await page.getByRole("switch").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await looksRight(page, "dialog-opt-in");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await looksRight(page, "dialog-keys");
});

test("a stranger can read the login", async ({ page }) => {
  await open(page, "/login");
  await looksRight(page, "login");
});

test("who followed a broken link can read that there is no such page", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 404/);
  await enter(page, "/there-is-no-such-page");
  await looksRight(page, "missing");
});

test("who sets up a business can read the first page, and the pages nobody is on yet", async ({ page }, info) => {
  const application = await start(`looks_${info.project.name}`, []);
  try {
    await expect.poll(() => application.setupLink()).toBeTruthy();
    await page.goto(application.setupLink()!);
    await hydrated(page);
    await looksRight(page, "setup");
    await page.getByLabel("Business name").fill("Padaria Aurora");
    await page.getByLabel("Email").fill("owner@example.test");
    await page.getByLabel("Password").fill("a sentence to remember");
    await page.getByRole("button", { name: "Create business and log in" }).click();
    await page.waitForURL(/opt-in-out/);
    for (const [name, path] of Object.entries({ overview: "/", contacts: "/contacts", connection: "/settings/connection" })) {
      await open(page, `${application.url}${path}`);
      await looksRight(page, `empty-${name}`);
    }
  } finally {
    await application.stop();
  }
});
