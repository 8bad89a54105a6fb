import type { Page } from "@playwright/test";

import { enter, expect, hydrated, open, slowLine, test } from "./fixtures";

const SETTINGS = "/settings/application/opt-in-out";

/** The keywords as they are typed before there are chips: one a line. */
const keywords = (page: Page) => page.getByRole("textbox", { name: "Opt-Out Keywords", exact: true });

/** What somebody changes while they wait. */
async function editEarly(page: Page, word: string): Promise<void> {
  await keywords(page).press("ControlOrMeta+End");
  await keywords(page).pressSequentially(`\n${word}`);
  await page.getByLabel("Help Answer").fill(`${word} by {{business_name}}: reply {{opt_out_keyword}} to stop.`);
  await page.getByLabel(/Answer a repeated opt-out/).uncheck();
  await page.getByLabel("Everyone who has not opted out").check();
}

/** Puts back what other tests rely on. */
async function ready(page: Page): Promise<void> {
  await enter(page, SETTINGS);
  await page.getByLabel(/Answer a repeated opt-out/).check();
  await page.getByLabel("Only people who opted in").check();
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(page.locator(".action-bar").getByRole("status")).toHaveText("Opt-In/Out settings saved successfully");
}

test("what is typed, ticked, chosen and added before the program arrives is kept and saved", async ({ page }) => {
  await ready(page);
  const arrive = await slowLine(page);
  await page.goto(SETTINGS);
  await editEarly(page, "TEMPRANO");
  arrive();
  await hydrated(page);
  const kept = async () => {
    await expect(page.getByRole("button", { name: "Remove TEMPRANO", exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Remove STOP", exact: true })).toBeVisible();
    await expect(page.getByLabel("Help Answer")).toHaveValue(/^TEMPRANO by/);
    await expect(page.getByLabel(/Answer a repeated opt-out/)).not.toBeChecked();
    await expect(page.getByLabel("Everyone who has not opted out")).toBeChecked();
  };
  await kept();
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(page.locator(".action-bar").getByRole("status")).toHaveText("Opt-In/Out settings saved successfully");
  await page.reload();
  await hydrated(page);
  await kept();
});

test("who saves before the program arrives has saved", async ({ page }) => {
  await ready(page);
  const arrive = await slowLine(page);
  await page.goto(SETTINGS);
  await editEarly(page, "PRONTO");
  await page.getByRole("button", { name: "Save Changes" }).click();
  await page.waitForURL(/saved=1/);
  arrive();
  await hydrated(page);
  await expect(page.locator(".action-bar").getByRole("status")).toHaveText("Opt-In/Out settings saved successfully");
  await open(page, SETTINGS);
  await expect(page.getByRole("button", { name: "Remove PRONTO", exact: true })).toBeVisible();
  await expect(page.getByLabel("Help Answer")).toHaveValue(/^PRONTO by/);
  await expect(page.getByLabel(/Answer a repeated opt-out/)).not.toBeChecked();
});

test("a search that is typed before the program arrives is not lost", async ({ page }) => {
  await enter(page, "/contacts");
  const arrive = await slowLine(page);
  await page.goto("/contacts");
  await page.getByRole("searchbox").fill("nobody-called-this");
  arrive();
  await hydrated(page);
  await expect(page.getByRole("searchbox")).toHaveValue("nobody-called-this");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByText("Nobody matches")).toBeVisible();
});
