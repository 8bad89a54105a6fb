import type { Page } from "@playwright/test";

import { enter, expect, open, test } from "./fixtures";
import { eventsOf, freshPhone, rest, send, stranger, subscriber } from "./rest";

/** The consent switch of one person. */
const toggleOf = (page: Page, name: string) => page.getByRole("switch", { name: `Marketing messages for ${name}` });

/** The person's row leads to their page. */
const linkTo = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

const isOn = (page: Page, name: string) => expect(toggleOf(page, name)).toHaveAttribute("aria-checked", "true");
const isOff = (page: Page, name: string) => expect(toggleOf(page, name)).toHaveAttribute("aria-checked", "false");

async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("searchbox").fill(words);
  await page.getByRole("searchbox").press("Enter");
}

test("people are found by part of a name and by part of a number @nojs", async ({ page, application }) => {
  const quillon = await subscriber(application, "Quillon Findable");
  const other = await subscriber(application, "Somebody Else");
  await enter(page, "/contacts");
  await expect(linkTo(page, other.name)).toBeVisible();
  for (const part of ["llon find", quillon.phone.slice(4)]) {
    await search(page, part);
    await expect(linkTo(page, quillon.name)).toBeVisible();
    await expect(linkTo(page, other.name)).toHaveCount(0);
  }
  await search(page, "nobody-called-this");
  await expect(page.getByText("Nobody matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear search" }).click();
  await expect(linkTo(page, quillon.name)).toBeVisible();
});

test("the tabs show who agreed, who said no and who was never asked @nojs", async ({ page, application }) => {
  const agreed = await subscriber(application, "Tabitha Yes");
  const never = await stranger(application, "Tabitha Unasked");
  await enter(page, "/contacts?q=Tabitha");
  const tab = (name: string) => page.getByRole("navigation", { name: "States" }).getByRole("link", { name });
  await tab("Opted in").click();
  await expect(linkTo(page, never.name)).toHaveCount(0);
  await expect(linkTo(page, agreed.name)).toBeVisible();
  await expect(tab("Opted in")).toHaveAttribute("aria-current", "page");
  await tab("Never asked").click();
  await expect(linkTo(page, agreed.name)).toHaveCount(0);
  await expect(linkTo(page, never.name)).toBeVisible();
  await tab("Opted out").click();
  await expect(page.getByText("Nobody matches")).toBeVisible();
  await tab("All").click();
  await expect(linkTo(page, agreed.name)).toBeVisible();
  await expect(linkTo(page, never.name)).toBeVisible();
});

test("pages follow each other, and Previous and the browser's Back lead back @nojs", async ({ page }) => {
  await enter(page, "/contacts?sort=name");
  const people = page.locator("tbody a");
  const first = (await people.first().textContent())!;
  await page.getByRole("link", { name: "Next" }).click();
  await expect(people.first()).not.toHaveText(first);
  const second = (await people.first().textContent())!;
  await page.getByRole("link", { name: "Next" }).click();
  await expect(people.first()).not.toHaveText(second);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(people.first()).toHaveText(second);
  await page.goBack();
  await page.goBack();
  await expect(people.first()).toHaveText(second);
  await page.goBack();
  await expect(people.first()).toHaveText(first);
});

test("the keyboard stays on a person's switch while others arrive, and Space turns it off once", async ({ page, application }) => {
  const steady = await subscriber(application, "Steady Hand");
  await enter(page, "/contacts");
  await toggleOf(page, steady.name).focus();
  const arrival = await subscriber(application, "New Arrival");
  await isOn(page, arrival.name);
  await expect(toggleOf(page, steady.name)).toBeFocused();
  await page.keyboard.press("Space");
  await isOff(page, steady.name);
  await expect(toggleOf(page, steady.name)).toBeFocused();
  await isOn(page, arrival.name);
  expect(await eventsOf(application, steady, "opt_out")).toHaveLength(1);
  expect(await eventsOf(application, arrival, "opt_out")).toEqual([]);
});

test("one click turns marketing off, and says what still arrives", async ({ page, application }) => {
  const quick = await subscriber(application, "Quick Click");
  await enter(page, `/contacts?q=${encodeURIComponent(quick.name)}`);
  await toggleOf(page, quick.name).click();
  await isOff(page, quick.name);
  await expect(page.getByRole("status").getByText("Quick Click gets no marketing any more. Answers and order updates still arrive.")).toBeVisible();
  await expect(page.getByRole("row", { name: quick.name }).getByText("Opted out")).toBeVisible();
});

test("two quick clicks are one opt-out", async ({ page, application }) => {
  const double = await subscriber(application, "Double Click");
  await enter(page, `/contacts/${double.id}`);
  await toggleOf(page, double.name).dblclick();
  await isOff(page, double.name);
  expect(await eventsOf(application, double, "opt_out")).toHaveLength(1);
});

test("switching on asks how the person agreed, shows the day of their earlier no, and needs a source", async ({ page, application, emulator, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  const second = await subscriber(application, "Second Thought");
  const threeDays = 3 * 24 * 3600;
  await emulator.writes(second.phone, "STOP", threeDays);
  const day = new Date(Date.now() - threeDays * 1000);
  const said = `${day.getUTCDate()} ${day.toLocaleString("en-GB", { month: "short", timeZone: "UTC" }).slice(0, 3)} ${day.getUTCFullYear()}`;
  await enter(page, `/contacts/${second.id}`);
  await isOff(page, second.name);
  await toggleOf(page, second.name).click();
  const dialog = page.getByRole("dialog", { name: "How did Second Thought agree?" });
  await expect(dialog.getByText(/^Second Thought said no before\./)).toContainText(said);
  await dialog.getByRole("button", { name: "Record opt-in" }).click();
  await expect(dialog.getByText("How the person agreed is missing. Fill it in.").first()).toBeVisible();
  await expect(dialog.getByLabel("How the person agreed")).toHaveAttribute("aria-invalid", "true");
  await isOff(page, second.name);
  await dialog.getByLabel("How the person agreed").selectOption({ label: "At the till" });
  await dialog.getByRole("button", { name: "Record opt-in" }).click();
  await isOn(page, second.name);
  await expect(dialog).toBeHidden();
  const sources = (await eventsOf(application, second, "opt_in")).map((event) => event.source);
  expect(sources).toContain("point_of_sale");
});

test("what the person said may be noted with the opt-in, and stands in their history", async ({ page, application }) => {
  const noted = await stranger(application, "Noted Example");
  await enter(page, `/contacts/${noted.id}`);
  await toggleOf(page, noted.name).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("How the person agreed").selectOption({ label: "On paper" });
  await dialog.getByLabel("Their words").fill("Signed the form at the fair");
  await dialog.getByRole("button", { name: "Record opt-in" }).click();
  await isOn(page, noted.name);
  await expect(page.getByRole("list", { name: "History" }).getByText("Signed the form at the fair")).toBeVisible();
});

test("who thinks better of it leaves the question, and nothing is recorded", async ({ page, application }) => {
  const left = await stranger(application, "Left Alone");
  await enter(page, `/contacts/${left.id}`);
  await toggleOf(page, left.name).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await isOff(page, left.name);
  await expect(toggleOf(page, left.name)).toBeFocused();
  expect(await eventsOf(application, left, "opt_in")).toEqual([]);
});

test("without JavaScript one press turns marketing off @nojs-only", async ({ page, application }) => {
  const plain = await subscriber(application, "Plain Off");
  await enter(page, `/contacts/${plain.id}`);
  await toggleOf(page, plain.name).click();
  await isOff(page, plain.name);
  await expect(page.getByText("The opt-out was recorded")).toBeVisible();
  expect(await eventsOf(application, plain, "opt_out")).toHaveLength(1);
});

test("without JavaScript a page asks how the person agreed, and keeps what was typed until a source is given @nojs-only", async ({ page, application, emulator }) => {
  const plain = await subscriber(application, "Plain Form");
  await emulator.writes(plain.phone, "STOP", 60);
  await enter(page, `/contacts/${plain.id}`);
  await toggleOf(page, plain.name).click();
  await expect(page.getByRole("heading", { level: 1, name: "How did Plain Form agree?" })).toBeVisible();
  await expect(page.getByText(/^Plain Form said no before\./)).toBeVisible();
  await page.getByLabel("Their words").fill("Said yes at the fair");
  await page.getByRole("button", { name: "Record opt-in" }).click();
  await expect(page.getByText("How the person agreed is missing. Fill it in.").first()).toBeVisible();
  await expect(page.getByLabel("Their words")).toHaveValue("Said yes at the fair");
  expect(await eventsOf(application, plain, "opt_in")).toHaveLength(1);
  await page.getByLabel("How the person agreed").selectOption({ label: "At the till" });
  await page.getByRole("button", { name: "Record opt-in" }).click();
  await expect(page.getByText("The opt-in was recorded")).toBeVisible();
  await isOn(page, plain.name);
});

test("without JavaScript the field that is missing is marked for who cannot see it @nojs-only", async ({ page, application }) => {
  const unmarked = await stranger(application, "Marked Field");
  await enter(page, `/contacts/${unmarked.id}/opt-in`);
  await page.getByRole("button", { name: "Record opt-in" }).click();
  await expect(page.getByLabel("How the person agreed")).toHaveAttribute("aria-invalid", "true");
});

test("a STOP is told in the person's history with its words, its rule and the settings in force", async ({ page, application, emulator }) => {
  const reader = await subscriber(application, "History Reader");
  await enter(page, `/contacts/${reader.id}`);
  await emulator.writes(reader.phone, "please don't message me anymore");
  const event = page.getByRole("list", { name: "History" }).getByRole("listitem").filter({ hasText: "settings version" }).first();
  await expect(event).toContainText("Opted out");
  await expect(event).toContainText("please don't message me anymore");
  await expect(event).toContainText("Keyword on WhatsApp");
  await expect(event).toContainText("rule: explicit request in English");
  await expect(event).toContainText(/settings version \d+/);
});

test("blocking is not opting out: it stops everything, and can be taken back", async ({ page, application }) => {
  const blocked = await subscriber(application, "Blocked Example");
  await enter(page, `/contacts/${blocked.id}`);
  await page.getByRole("button", { name: "Block Blocked Example…" }).click();
  await page.getByRole("button", { name: "Block everything" }).click();
  await expect(page.getByText(/This person is blocked/)).toBeVisible();
  for (const kind of ["utility", "service", "marketing"] as const) {
    expect((await send(application, blocked, kind)).body.reason).toBe("blocked");
  }
  await page.getByRole("button", { name: "Unblock" }).click();
  await expect(page.getByText(/This person is blocked/)).toHaveCount(0);
  await isOn(page, blocked.name);
  expect((await send(application, blocked, "utility")).status).toBe(202);
});

test("a number that is none is named, and what was typed is kept @nojs", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await enter(page, "/contacts");
  await page.getByRole("link", { name: "Add contact" }).click();
  await page.getByLabel("Name").fill("Typo Example");
  await page.getByLabel("Phone number").fill("12");
  await page.getByRole("button", { name: "Add contact" }).click();
  const number = page.getByLabel("Phone number");
  await expect(number).toHaveAttribute("aria-invalid", "true");
  await expect(number).toHaveAccessibleDescription(/Phone number|phone number/);
  await expect(number).toHaveValue("12");
  await expect(page.getByLabel("Name")).toHaveValue("Typo Example");
  const phone = freshPhone();
  await number.fill(phone);
  await page.getByRole("button", { name: "Add contact" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Typo Example" })).toBeVisible();
  await isOff(page, "Typo Example");
});

test("who is added by hand was never asked, and gets no marketing", async ({ page, application }) => {
  await enter(page, "/contacts/new");
  const phone = freshPhone();
  await page.getByLabel("Phone number").fill(phone);
  await page.getByRole("button", { name: "Add contact" }).click();
  await page.waitForURL(/contacts\/con_/);
  await expect(page.getByText("Never asked")).toBeVisible();
  const refused = await rest(application, "POST", "/messages", { to: phone, kind: "marketing", template: { name: "spring_sale", language: "en" } });
  expect(refused.body.reason).toBe("no_opt_in");
  await open(page, `/contacts?q=${phone.slice(1)}`);
  await expect(page.locator("tbody tr")).toHaveCount(1);
});

test("a language and fields of one's own are kept, and people are listed by language @nojs @engines", async ({ page, application, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  const person = await stranger(application, "Keeps Details");
  await enter(page, `/contacts/${person.id}`);
  const fields = page.getByLabel("Your own fields");
  await page.getByRole("textbox", { name: /^Language/ }).fill("PT-br");
  await fields.fill("Shoe size 42");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("write one a line, as a name, a colon and the value").first()).toBeVisible();
  await expect(fields).toHaveValue("Shoe size 42");
  await fields.fill("Shoe size: 42\nLikes: blue & <b>green</b>");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("definition").filter({ hasText: "blue & <b>green</b>" })).toBeVisible();
  const { body } = await rest(application, "GET", `/contacts/${person.id}`);
  expect(body).toMatchObject({ language: "pt-br", attributes: { "Shoe size": "42" } });
  await open(page, "/contacts?language=pt-br");
  await expect(linkTo(page, person.name)).toBeVisible();
  await open(page, "/contacts?language=fr");
  await expect(page.getByText("Nobody matches")).toBeVisible();
});

test("a note on a person's page stands in the conversation too @nojs @engines", async ({ page, application, emulator }) => {
  const person = await stranger(application, "Noted Person");
  await enter(page, `/contacts/${person.id}`);
  await expect(page.getByText("Nothing noted yet.")).toBeVisible();
  await page.getByLabel("Note to colleagues").fill("Calls back on Monday");
  await page.getByRole("button", { name: "Save note" }).click();
  await expect(page.locator(".person-note")).toContainText("Calls back on Monday");
  await expect(page.locator(".person-note")).toContainText("owner@demo.test");
  await emulator.writes(person.phone, "Hello");
  await open(page, `/inbox/${person.id}`);
  await expect(page.locator(".thread-note")).toHaveText("Calls back on Monday");
});

test("two records of one person are looked at side by side and merged, the stricter choice counting @nojs @engines", async ({ page, application, emulator }) => {
  const kept = await subscriber(application, "Merge Keeper");
  const gone = await subscriber(application, "Merge Leaver");
  await emulator.writes(gone.phone, "STOP");
  await enter(page, `/contacts/${kept.id}`);
  await page.getByRole("link", { name: "Merge with another contact" }).click();
  await page.getByRole("searchbox").fill("leaver");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: gone.name }).click();
  await expect(page.getByRole("row", { name: /^Marketing/ })).toContainText("Opted inOpted outOpted out");
  await expect(page.getByText("This cannot be undone.")).toBeVisible();
  await page.getByRole("button", { name: "Merge for good" }).click();
  await expect(page.getByText("The two records are one now.")).toBeVisible();
  await isOff(page, kept.name);
  await expect(page.getByText(`All numbers: ${[kept.phone, gone.phone].sort().join(", ")}`)).toBeVisible();
  const { body } = await rest(application, "GET", `/contacts/${gone.id}`);
  expect(body).toMatchObject({ id: kept.id, marketing: { state: "opted_out" } });
  await open(page, `/contacts/${kept.id}/merge?with=${gone.id}`);
  await expect(page.getByText("These are one contact already.")).toBeVisible();
});

test("columns are chosen, kept, and said by the address @nojs", async ({ page, application }) => {
  await stranger(application, "Column Person");
  await enter(page, "/contacts?q=column");
  const heads = page.getByRole("columnheader");
  await expect(heads.filter({ hasText: "Tags" })).toHaveCount(1);
  await page.getByText("Columns", { exact: true }).click();
  await page.getByLabel("Tags", { exact: true }).uncheck();
  await page.getByLabel("Added", { exact: true }).check();
  await page.getByRole("button", { name: "Show these columns" }).click();
  await expect(heads.filter({ hasText: "Added" })).toHaveCount(1);
  await expect(heads.filter({ hasText: "Tags" })).toHaveCount(0);
  await expect(page).toHaveURL(/q=column/);
  await open(page, "/contacts");
  await expect(heads.filter({ hasText: "Added" })).toHaveCount(1);
  await open(page, "/contacts?columns=tags");
  await expect(heads.filter({ hasText: "Tags" })).toHaveCount(1);
  await expect(heads.filter({ hasText: "Added" })).toHaveCount(0);
});

test("the people of a campaign are shown as a list of contacts @nojs", async ({ page }) => {
  await enter(page, "/campaigns");
  await page.getByRole("link", { name: "Autumn news" }).click();
  await page.waitForURL(/campaigns\/cmp_/);
  await open(page, `${new URL(page.url()).pathname}?outcome=skipped`);
  await page.getByRole("link", { name: "Show in contacts" }).click();
  await expect(page.getByText("In one campaign: ")).toBeVisible();
  await expect(page.locator("tbody tr").first()).toContainText("Opted out");
});
