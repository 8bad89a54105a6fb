import type { Browser, Page } from "@playwright/test";

import { enter, expect, hydrated, login, open, test } from "./fixtures";
import { freshPhone } from "./rest";

const SETTINGS = "/settings/application/opt-in-out";
const SAVED = "Opt-In/Out settings saved successfully";
const OVERTAKEN = "Someone else saved while you were editing";

const FAREWELL = "Opt-Out Confirmation Message";
const WELCOME = "Opt-In Confirmation Message";

/** The line beside the button that says what became of saving. */
const said = (page: Page) => page.locator(".action-bar").getByRole("status");

/** Where keywords are typed: one entry with chips beside it, and without JavaScript one word a line. */
const entry = (page: Page, list: string) => page.getByRole("textbox", { name: list, exact: true });

/** The chip of a word. */
const chip = (page: Page, list: string, word: string) =>
  page.getByRole("list", { name: list, exact: true }).getByRole("button", { name: `Remove ${word}`, exact: true });

/** Types a keyword and presses a key, as a person does. */
async function addKeyword(page: Page, list: string, word: string, key = "Enter"): Promise<void> {
  await entry(page, list).fill(word);
  await entry(page, list).press(key);
}

/** Pastes with the keyboard what was cut from a message that is yet to be written. */
async function paste(page: Page, list: string, text: string, notepad: string): Promise<void> {
  await page.getByLabel(notepad).fill(text);
  await page.getByLabel(notepad).press("ControlOrMeta+a");
  await page.getByLabel(notepad).press("ControlOrMeta+x");
  await entry(page, list).focus();
  await entry(page, list).press("ControlOrMeta+v");
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save Changes" }).click();
}

/** A second person at another computer, who has the settings open as well. */
async function colleague(browser: Browser, baseURL: string | undefined, javaScriptEnabled: boolean): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: baseURL!, javaScriptEnabled })).newPage();
  await enter(page, SETTINGS);
  return page;
}

test("the owner walks the guide's six steps, and the new words work at once", async ({ page, emulator }) => {
  const outs = ["ADIOS AMIGO", "NUNCA", "ALPHA ONE", "BETA TWO", "GAMMA THREE"];
  await login(page);
  // Step 1: Settings, Application Settings, Opt-In/Out System.
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  const places = page.getByRole("navigation", { name: "Settings" });
  await places.getByRole("link", { name: "Application Settings" }).click();
  await places.getByRole("link", { name: "Opt-In/Out System" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Opt-In/Out System" })).toBeVisible();
  // Step 2: opt-out keywords, by Enter, by comma and pasted.
  await addKeyword(page, "Opt-Out Keywords", outs[0]!);
  await addKeyword(page, "Opt-Out Keywords", outs[1]!, ",");
  await paste(page, "Opt-Out Keywords", `${outs[2]}\n${outs[3]}, ${outs[4]}`, FAREWELL);
  // Step 3: the opt-out confirmation.
  await page.getByLabel(FAREWELL).fill("No more news from us. Come back with {{opt_in_keyword}}. {{business_name}}");
  // Steps 4 and 5: opt-in keywords and their confirmation.
  await addKeyword(page, "Opt-In Keywords", "HOLA OTRA VEZ");
  await page.getByLabel(WELCOME).fill("Welcome back to {{business_name}}! Reply {{opt_out_keyword}} to stop.");
  // Step 6.
  await save(page);
  await expect(said(page)).toHaveText(SAVED);
  await page.reload();
  await hydrated(page);
  for (const word of outs) {
    await expect(chip(page, "Opt-Out Keywords", word)).toBeVisible();
  }
  await expect(page.getByLabel(FAREWELL)).toHaveValue(/^No more news from us/);
  await expect(chip(page, "Opt-In Keywords", "HOLA OTRA VEZ")).toBeVisible();
  await expect(page.getByLabel(WELCOME)).toHaveValue(/^Welcome back to/);
  await expect(said(page)).toHaveText("");

  const phone = freshPhone();
  const goodbye = "No more news from us. Come back with START. Demo Shop";
  await emulator.writes(phone, "adios amigo!", 2);
  await expect.poll(() => emulator.textsFor(phone)).toEqual([goodbye]);
  await emulator.writes(phone, "Hola otra vez");
  await expect.poll(() => emulator.textsFor(phone)).toEqual([goodbye, "Welcome back to Demo Shop! Reply STOP to stop."]);
});

test("who has no JavaScript writes one keyword a line, and saves the settings too @nojs-only", async ({ page, emulator }) => {
  await enter(page, SETTINGS);
  await entry(page, "Opt-Out Keywords").fill("STOP\nBASTA YA, FINITO PER FAVORE");
  await page.getByLabel(FAREWELL).fill("That was the last of it from {{business_name}}. Back: {{opt_in_keyword}}.");
  await page.getByLabel(WELCOME).fill("Good to have you back at {{business_name}}. {{opt_out_keyword}} stops it.");
  await save(page);
  await expect(said(page)).toHaveText(SAVED);
  await page.goto(SETTINGS);
  await expect(entry(page, "Opt-Out Keywords")).toHaveValue("STOP\nBASTA YA\nFINITO PER FAVORE");
  await expect(page.getByLabel(FAREWELL)).toHaveValue(/^That was the last of it/);
  await expect(page.getByLabel(WELCOME)).toHaveValue(/^Good to have you back/);
  const phone = freshPhone();
  await emulator.writes(phone, "Finito per favore");
  await expect.poll(() => emulator.textsFor(phone)).toEqual(["That was the last of it from Demo Shop. Back: START."]);
});

test("who writes an offer into a confirmation is told which field it is, and keeps what was typed @nojs", async ({ page }) => {
  await enter(page, SETTINGS);
  const message = page.getByLabel(FAREWELL);
  const answer = page.getByLabel("Help Answer");
  await message.fill("Reply {{opt_in_keyword}} and get 20% off");
  await answer.fill("{{business_name}} is here to help.");
  await save(page);
  await expect(page.getByText(`${FAREWELL} contains a percentage. Confirmations must not promote anything; remove it.`).first()).toBeVisible();
  await expect(message).toHaveAttribute("aria-invalid", "true");
  await expect(message).toHaveValue("Reply {{opt_in_keyword}} and get 20% off");
  await expect(answer).toHaveValue("{{business_name}} is here to help.");
  await page.goto("about:blank");
  await open(page, SETTINGS);
  await expect(message, "nothing was saved").not.toHaveValue(/20%/);
});

test("who is refused without JavaScript follows a link to the field at fault, and saves once it is mended @nojs-only", async ({ page }) => {
  await enter(page, SETTINGS);
  const outs = await entry(page, "Opt-Out Keywords").inputValue();
  await entry(page, "Opt-Out Keywords").fill(`${outs}\nSTART`);
  await save(page);
  await page.getByRole("link", { name: "Opt-In Keywords: word 1 is also in Opt-Out Keywords. Keep it in one list only." }).click();
  await expect(page).toHaveURL(/#opt_in_keywords$/);
  await expect(entry(page, "Opt-In Keywords")).toBeInViewport();
  await expect(entry(page, "Opt-Out Keywords")).toHaveValue(`${outs}\nSTART`);
  await entry(page, "Opt-Out Keywords").fill(`${outs}\nLA FINE`);
  await save(page);
  await expect(said(page)).toHaveText(SAVED);
  await expect(entry(page, "Opt-Out Keywords")).toHaveValue(`${outs}\nLA FINE`);
});

test.describe("as one types", () => {
  test.beforeEach(({ page }) => enter(page, SETTINGS));

  test("a word that is in both lists is flagged", async ({ page }) => {
    const flag = page.getByText("“stop” is also in Opt-Out Keywords. Keep it in one list only.");
    await addKeyword(page, "Opt-In Keywords", "stop");
    await expect(flag).toBeVisible();
    await expect(said(page)).toHaveText("1 thing needs to be mended");
    await chip(page, "Opt-In Keywords", "stop").click();
    await expect(flag).toHaveCount(0);
  });

  test("a word that is in the list already is named and not added again", async ({ page }) => {
    const chips = page.getByRole("list", { name: "Opt-Out Keywords", exact: true }).getByRole("listitem");
    const before = await chips.count();
    await addKeyword(page, "Opt-Out Keywords", "sToP");
    await expect(page.locator(".chips-issue").getByText("sToP is already in the list")).toBeVisible();
    await expect(chips).toHaveCount(before);
  });

  test("an empty list is flagged, and the words come back by discarding", async ({ page }) => {
    const chips = page.getByRole("list", { name: "Opt-In Keywords", exact: true }).getByRole("listitem");
    const before = await chips.allTextContents();
    await entry(page, "Opt-In Keywords").focus();
    for (const _ of before) {
      await page.keyboard.press("Backspace");
    }
    await expect(chips).toHaveCount(0);
    await expect(page.getByText("Opt-In Keywords must not be empty.")).toBeVisible();
    await expect(entry(page, "Opt-In Keywords")).toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Discard changes" }).click();
    await expect(chips).toHaveText(before);
    await expect(entry(page, "Opt-In Keywords")).not.toHaveAttribute("aria-invalid", "true");
  });

  test("a confirmation without an opt-in word is flagged, also when its word leaves the list", async ({ page }) => {
    const message = page.getByLabel(FAREWELL);
    const flag = page.getByText(`${FAREWELL} must name one of your Opt-In Keywords, so that people know the way back.`);
    await message.fill("You hear no more from us.");
    await expect(flag).toBeVisible();
    await expect(message).toHaveAttribute("aria-invalid", "true");
    await message.fill("You hear no more from us. RIENTRO brings you back.");
    await addKeyword(page, "Opt-In Keywords", "RIENTRO");
    await expect(flag).toHaveCount(0);
    await chip(page, "Opt-In Keywords", "RIENTRO").click();
    await expect(flag).toBeVisible();
  });

  test("a variable goes where the cursor is, and the typing goes on behind it", async ({ page }) => {
    const message = page.getByLabel(FAREWELL);
    await message.fill("Bye from . Back: {{opt_in_keyword}}.");
    await message.press("Home");
    for (const _ of "Bye from ") {
      await page.keyboard.press("ArrowRight");
    }
    await page.getByRole("button", { name: "Insert Business name" }).first().click();
    await expect(message).toBeFocused();
    await page.keyboard.type("!");
    await expect(message).toHaveValue("Bye from {{business_name}}!. Back: {{opt_in_keyword}}.");
  });

  test("the preview shows the words as the customer will read them", async ({ page }) => {
    const preview = page.getByRole("figure", { name: "Preview" }).first();
    await page.getByLabel(FAREWELL).fill("So long, {{first_name}}. {{opt_in_keyword}} brings you back to {{business_name}}.");
    await expect(preview).toContainText("So long, Maria. START brings you back to Demo Shop.");
    await expect(preview).toContainText("STOP");
  });

  test("what was changed is taken back by discarding, and there is nothing left to save", async ({ page }) => {
    const answer = page.getByLabel("Help Answer");
    const repeats = page.getByLabel(/Answer a repeated opt-out/);
    const before = [await answer.inputValue(), await repeats.isChecked()] as const;
    await answer.fill("{{business_name}}: write your question.");
    await repeats.setChecked(!before[1]);
    await addKeyword(page, "Help Keywords", "SOCORRO");
    await expect(said(page)).toHaveText("You have unsaved changes");
    await page.getByRole("button", { name: "Discard changes" }).click();
    await expect(answer).toHaveValue(before[0]);
    await expect(repeats).toBeChecked({ checked: before[1] });
    await expect(chip(page, "Help Keywords", "SOCORRO")).toHaveCount(0);
    await expect(said(page)).toHaveText("");
    await expect(page.getByRole("button", { name: "Discard changes" })).toBeDisabled();
  });
});

test("of two people who edit at once the second is told as soon as the first has saved, and nothing typed is lost", async ({ page, browser, baseURL }) => {
  const other = await colleague(browser, baseURL, true);
  await enter(page, SETTINGS);
  await page.getByLabel("Help Answer").fill("First. {{business_name}}, reply {{opt_out_keyword}} to stop.");
  await other.getByLabel("Help Answer").fill("Second. {{business_name}}, reply {{opt_out_keyword}} to stop.");
  await save(page);
  await expect(said(page)).toHaveText(SAVED);
  await expect(other.getByText(OVERTAKEN)).toBeVisible();
  await expect(other.getByLabel("Help Answer")).toHaveValue(/^Second/);
  await other.getByRole("link", { name: "Load their version" }).click();
  await expect(other.getByLabel("Help Answer")).toHaveValue(/^First/);
  await expect(other.getByText(OVERTAKEN)).toHaveCount(0);
  await other.context().close();
});

test("somebody who heard nothing of it and saves on top of another is told, and may keep theirs knowingly", async ({ page, browser, baseURL }) => {
  const other = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await other.route("**/events", (route) => route.abort());
  await enter(other, SETTINGS);
  await enter(page, SETTINGS);
  await page.getByLabel("Help Answer").fill("Uno. {{business_name}}, reply {{opt_out_keyword}} to stop.");
  await save(page);
  await expect(said(page)).toHaveText(SAVED);
  await other.getByLabel("Help Answer").fill("Due. {{business_name}}, reply {{opt_out_keyword}} to stop.");
  await save(other);
  await expect(other.getByText(OVERTAKEN)).toBeVisible();
  await expect(other.getByRole("alert").getByText(/now “Uno\./)).toBeVisible();
  await expect(other.getByLabel("Help Answer")).toHaveValue(/^Due/);
  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel("Help Answer"), "nothing was overwritten").toHaveValue(/^Uno/);
  await other.getByRole("button", { name: "Keep editing mine on top" }).click();
  await save(other);
  await expect(said(other)).toHaveText(SAVED);
  await other.context().close();
});

test("who saves on top of another without JavaScript is told, and nothing is overwritten or lost @nojs-only", async ({ page, browser, baseURL }) => {
  const other = await colleague(browser, baseURL, false);
  await enter(page, SETTINGS);
  await page.getByLabel("Help Answer").fill("Ours. {{business_name}}.");
  await save(page);
  await expect(said(page)).toHaveText(SAVED);
  await other.getByLabel("Help Answer").fill("Mine. {{business_name}}.");
  await save(other);
  await expect(other.getByText(OVERTAKEN)).toBeVisible();
  await expect(other.getByLabel("Help Answer")).toHaveValue("Mine. {{business_name}}.");
  await page.goto(SETTINGS);
  await expect(page.getByLabel("Help Answer"), "nothing was overwritten").toHaveValue("Ours. {{business_name}}.");
  await other.getByRole("link", { name: "Load their version" }).click();
  await expect(other.getByLabel("Help Answer")).toHaveValue("Ours. {{business_name}}.");
  await other.context().close();
});

for (const order of ["before their first try was refused", "after their first try was refused"]) {
  test(`somebody is told that another saved ${order}, and overwrites nothing @nojs-only`, async ({ page, browser, baseURL }) => {
    const theirs = `Theirs, ${order}: {{business_name}}.`;
    const other = await colleague(browser, baseURL, false);
    await enter(page, SETTINGS);
    const saveTheirs = async () => {
      await page.getByLabel("Help Answer").fill(theirs);
      await save(page);
      await expect(said(page)).toHaveText(SAVED);
    };
    const refused = async () => {
      await other.getByLabel(FAREWELL).fill("Half price! Reply {{opt_in_keyword}}.");
      await save(other);
      await expect(other.getByText("Nothing was saved yet. What you typed is still here.")).toBeVisible();
    };
    if (order.startsWith("before")) {
      await saveTheirs();
      await refused();
    } else {
      await refused();
      await saveTheirs();
      await other.getByLabel(FAREWELL).fill("Bye from {{business_name}}. Reply {{opt_in_keyword}} to return.");
      await save(other);
    }
    await expect(other.getByText(OVERTAKEN)).toBeVisible();
    await expect(other.getByRole("alert").getByText(new RegExp(`Theirs, ${order}`))).toBeVisible();
    await page.goto(SETTINGS);
    await expect(page.getByLabel("Help Answer"), "nothing was overwritten").toHaveValue(theirs);
    await other.context().close();
  });
}

test("who follows a link away from unsaved changes is asked, and stays or leaves as they say", async ({ page }) => {
  await enter(page, SETTINGS);
  const answer = page.getByLabel("Help Answer");
  const saved = await answer.inputValue();
  const away = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Ledger" });
  await answer.fill("Typed and not saved. {{opt_out_keyword}}");
  const asked: string[] = [];
  page.once("dialog", (dialog) => {
    asked.push(dialog.message());
    return dialog.dismiss();
  });
  await away.click();
  expect(asked).toEqual(["You have unsaved changes. Leave without saving?"]);
  await expect(answer).toHaveValue(/^Typed and not saved/);
  page.once("dialog", (dialog) => dialog.accept());
  await away.click();
  await page.waitForURL(/ledger/);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(answer, "what was given up does not come back").toHaveValue(saved);
});

test("unsaved changes come back with the page after the browser's Back", async ({ page }) => {
  await enter(page, "/contacts");
  const settings = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" });
  await settings.click();
  const answer = page.getByLabel("Help Answer");
  await answer.fill("Typed and not saved. {{opt_out_keyword}}");
  await page.goBack();
  await page.waitForURL(/contacts/);
  await settings.click();
  await expect(answer).toHaveValue(/^Typed and not saved/);
  await expect(page.getByText("Your unsaved changes are back.")).toBeVisible();
});
