import type { Page } from "@playwright/test";

import { expect, hydrated, login, open, test } from "./fixtures";

const SETTINGS = "/settings/application/opt-in-out";
const SAVED = "Opt-In/Out settings saved successfully";

/** The region that says what became of saving. */
const said = (page: Page) => page.getByRole("status").filter({ hasText: SAVED });

/** Types a keyword as a person does. */
async function addKeyword(page: Page, list: string, word: string, key = "Enter") {
  await page.getByRole("textbox", { name: list }).fill(word);
  await page.getByRole("textbox", { name: list }).press(key);
}

test("the owner walks the guide's six steps, and the new words work at once", async ({ page, emulator }) => {
  await login(page);
  // Step 1: Settings, Application Settings, Opt-In/Out System.
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.getByRole("link", { name: "Application Settings" }).first().click();
  await page.getByRole("link", { name: "Opt-In/Out System" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Opt-In/Out System" })).toBeVisible();
  // Step 2: opt-out keywords, by Enter, by comma and pasted.
  await addKeyword(page, "Opt-Out Keywords", "ADIOS AMIGO");
  await addKeyword(page, "Opt-Out Keywords", "NUNCA", ",");
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).fill("ALPHA ONE, BETA TWO; GAMMA THREE");
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).press("Enter");
  for (const word of ["ADIOS AMIGO", "NUNCA", "ALPHA ONE", "BETA TWO", "GAMMA THREE"]) {
    await expect(page.getByRole("button", { name: `Remove ${word}` })).toBeVisible();
  }
  // Step 3: the opt-out confirmation, with a variable by its button.
  const farewell = page.getByLabel("Opt-Out Confirmation Message");
  await farewell.fill("No more news from us. Come back with {{opt_in_keyword}}. ");
  await farewell.press("End");
  await page.getByRole("button", { name: "Insert Business name" }).first().click();
  await expect(farewell).toHaveValue("No more news from us. Come back with {{opt_in_keyword}}. {{business_name}}");
  await expect(page.getByText("No more news from us. Come back with START. Demo Shop").first()).toBeVisible();
  // Step 4 and 5: opt-in keywords and their confirmation.
  await addKeyword(page, "Opt-In Keywords", "HOLA OTRA VEZ");
  await page.getByLabel("Opt-In Confirmation Message").fill("Welcome back to {{business_name}}! Reply {{opt_out_keyword}} to stop.");
  // Step 6.
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(said(page)).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(farewell).toHaveValue(/^No more news from us/);
  await expect(page.getByRole("button", { name: "Remove HOLA OTRA VEZ" })).toBeVisible();

  const from = "+27821239001";
  await emulator.inbound({ from, text: "adios amigo!" });
  const texts = async () =>
    (await emulator.requests()).filter((request) => request.to === from).map((request) => request.body.text?.body);
  await expect.poll(texts).toEqual(["No more news from us. Come back with START. Demo Shop"]);
  await emulator.inbound({ from, text: "Hola otra vez" });
  await expect.poll(async () => (await texts())[1]).toBe("Welcome back to Demo Shop! Reply STOP to stop.");
});

test("without JavaScript the settings are saved too @nojs-only", async ({ page }) => {
  await login(page);
  await page.goto(SETTINGS);
  await page.getByLabel("Opt-In Confirmation Message").fill("Good to have you back at {{business_name}}. {{opt_out_keyword}} stops it.");
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(said(page)).toBeVisible();
  await page.goto(SETTINGS);
  await expect(page.getByLabel("Opt-In Confirmation Message")).toHaveValue(/^Good to have you back/);
});

test("a promotional confirmation is refused and what was typed is kept @nojs", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await login(page);
  await open(page, SETTINGS);
  const typed = "Reply {{opt_in_keyword}} and get 20% off";
  const message = page.getByLabel("Opt-Out Confirmation Message");
  await message.fill(typed);
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(message).toHaveAttribute("aria-invalid", "true");
  await expect(message).toHaveValue(typed);
});

test("mistakes are flagged as one types", async ({ page }) => {
  await login(page);
  await open(page, SETTINGS);
  await addKeyword(page, "Opt-In Keywords", "stop");
  await expect(page.getByText("“stop” is also in Opt-Out Keywords. Keep it in one list only.")).toBeVisible();
  await page.getByRole("button", { name: "Remove stop" }).click();
  await addKeyword(page, "Opt-Out Keywords", "STOP");
  await expect(page.getByText(/STOP is already in the list/).first()).toBeVisible();
  await page.getByLabel("Opt-Out Confirmation Message").fill("You hear no more from us.");
  await expect(page.getByText(/opt-in/i).first()).toBeVisible();
  await expect(page.getByLabel("Opt-Out Confirmation Message")).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByLabel("Opt-Out Confirmation Message")).not.toHaveAttribute("aria-invalid", "true");
});

test("of two people who save at once the second is told, and nothing typed is lost", async ({ page, browser, baseURL, allowedErrors }) => {
  allowedErrors.push(/status of 409/);
  const other = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  for (const somebody of [page, other]) {
    await login(somebody);
    await open(somebody, SETTINGS);
  }
  await page.getByLabel("Help Answer").fill("First. {{business_name}}, reply {{opt_out_keyword}} to stop.");
  await other.getByLabel("Help Answer").fill("Second. {{business_name}}, reply {{opt_out_keyword}} to stop.");
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(said(page)).toBeVisible();
  await expect(other.getByText("Someone else saved while you were editing")).toBeVisible();
  await expect(other.getByLabel("Help Answer")).toHaveValue(/^Second/);
  await other.getByRole("link", { name: "Load their version" }).click();
  await expect(other.getByLabel("Help Answer")).toHaveValue(/^First/);
  await other.context().close();
});

test("somebody whose first try was refused is still told that another saved meanwhile @nojs-only", async ({ page, browser, baseURL }) => {
  const other = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled: false })).newPage();
  for (const somebody of [page, other]) {
    await login(somebody);
    await somebody.goto(SETTINGS);
  }
  await page.getByLabel("Help Answer").fill("Theirs. {{business_name}}.");
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(said(page)).toBeVisible();
  await other.getByLabel("Opt-Out Confirmation Message").fill("Half price! Reply {{opt_in_keyword}}.");
  await other.getByRole("button", { name: "Save Changes" }).click();
  await expect(other.getByText("Someone else saved while you were editing")).toBeVisible();
  await other.context().close();
});

test("unsaved changes are asked about on the way out, and come back after the browser's Back", async ({ page }) => {
  await login(page);
  await open(page, "/contacts");
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.waitForURL(/opt-in-out/);
  const answer = page.getByLabel("Help Answer");
  await answer.fill("Typed and not saved. {{opt_out_keyword}}");
  page.once("dialog", (dialog) => dialog.dismiss());
  await page.getByRole("link", { name: "Ledger" }).first().click();
  await expect(answer).toHaveValue(/^Typed and not saved/);
  await page.goBack();
  await page.waitForURL(/contacts/);
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.waitForURL(/opt-in-out/);
  await expect(answer).toHaveValue(/^Typed and not saved/);
});
