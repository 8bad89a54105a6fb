import type { Page } from "@playwright/test";

import { accessible, expect, hydrated, login, open, shoot, test } from "./fixtures";

/** Every page somebody who signed in can come to, by the name of its pictures. */
const PAGES: Record<string, string> = {
  overview: "/",
  contacts: "/contacts",
  "contacts-opted-out": "/contacts?state=opted_out",
  "contacts-nobody": "/contacts?q=nobody+has+this+name",
  "contacts-new": "/contacts/new",
  decisions: "/decisions",
  ledger: "/ledger",
  simulator: "/simulator",
  settings: "/settings/application/opt-in-out",
  connection: "/settings/connection",
  team: "/settings/team",
  api: "/settings/api",
};

/** What holds for every page in every look. */
async function looksRight(page: Page, name: string): Promise<void> {
  expect(await page.title(), `${name} has a title`).not.toBe("");
  await expect(page.locator("h1"), `${name} has one heading`).toHaveCount(1);
  const before = page.viewportSize();
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${name} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await accessible(page);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) {
    await page.setViewportSize(before);
  }
  await shoot(page, name);
}

test("every page reads well, small and large, light and dark, and with a screen reader", async ({ page }) => {
  test.setTimeout(180_000);
  await login(page);
  for (const [name, path] of Object.entries(PAGES)) {
    await open(page, path);
    await looksRight(page, name);
  }
  await open(page, "/contacts?state=opted_out");
  await page.locator("tbody a").first().click();
  await page.waitForURL(/contacts\/con_/);
  await looksRight(page, "contact");
  await open(page, `${new URL(page.url()).pathname}/opt-in`);
  await looksRight(page, "contact-opt-in");
});

test("so do the pages of somebody who is not signed in, and the one that does not exist", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 404/);
  await open(page, "/login");
  await looksRight(page, "login");
  await login(page);
  await page.goto("/there-is-no-such-page");
  await hydrated(page);
  await looksRight(page, "missing");
});
