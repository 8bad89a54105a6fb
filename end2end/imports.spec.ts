import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { enter, expect, open, test } from "./fixtures";
import { eventsOf, freshPhone, rest, stranger, subscriber } from "./rest";

/** Chooses a file and sends it; the page that asks how to read it follows. */
async function upload(page: Page, name: string, text: string | Buffer): Promise<void> {
  await open(page, "/contacts/import");
  await page.getByLabel("File").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: "Upload" }).click();
}

/** A line of the result. */
const line = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });

/** Without JavaScript a page does not follow by itself. */
async function until(page: Page, text: string): Promise<void> {
  await expect(async () => {
    if (!(await page.getByText(text, { exact: true }).first().isVisible())) {
      await page.reload();
    }
    await expect(page.getByText(text, { exact: true }).first()).toBeVisible({ timeout: 500 });
  }).toPass();
}

test("a list from a spreadsheet is checked, read in, and taken back @nojs @engines", async ({ page, application, emulator }) => {
  const known = await subscriber(application, "Known Already");
  const gone = await subscriber(application, "Gone Before");
  await emulator.writes(gone.phone, "STOP");
  const [one, two] = [freshPhone(), freshPhone()];
  const file = [
    "Mobile;Full name;Tags;Marketing",
    `${one};Imke Neu;fair, vip;`,
    `${two};Otto Aus;fair;no`,
    `${known.phone};Known Already;fair;`,
    `${gone.phone};Gone Before;fair;yes`,
    "12;Nobody;;",
  ].join("\r\n");
  await enter(page, "/contacts/import");
  await upload(page, "fair.csv", file);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("fair.csv");
  await expect(page.getByLabel("What “Mobile” holds")).toHaveValue("phone");
  await expect(page.getByLabel("What “Marketing” holds")).toHaveValue("consent");
  await expect(page.getByRole("cell", { name: "Imke Neu" })).toBeVisible();

  await page.getByRole("button", { name: "Check the file" }).click();
  await until(page, "What would come of it");
  await expect(line(page, "will be added")).toHaveText("2 will be added");
  await expect(line(page, "stay opted out")).toContainText("1");
  await expect(line(page, "cannot be read")).toContainText("1");
  expect((await rest(application, "GET", `/contacts?phone=${encodeURIComponent(one)}`)).body.data).toEqual([]);

  await page.getByRole("button", { name: "Import now" }).click();
  await until(page, "What came of it");
  await expect(line(page, "new contacts")).toHaveText("2 new contacts");
  const added = (await rest(application, "GET", `/contacts?phone=${encodeURIComponent(two)}`)).body.data[0];
  expect(added.name).toBe("Otto Aus");
  expect(added.marketing.state).toBe("opted_out");
  const still = (await rest(application, "GET", `/contacts?phone=${encodeURIComponent(gone.phone)}`)).body.data[0];
  expect(still.marketing.state).toBe("opted_out");

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the rows with remarks" }).click();
  const remarks = await readFile(await (await download).path(), "utf8");
  expect(remarks).toContain("line,column,value,problem,what_to_do");
  expect(remarks).toContain("opted_out_stays");
  expect(remarks).toContain("6,Mobile,12,");

  await page.getByRole("button", { name: "Undo" }).click();
  await until(page, "Undone");
  expect((await rest(application, "GET", `/contacts?phone=${encodeURIComponent(one)}`)).body.data).toEqual([]);
});

test("everybody agreed only with the words they were told @nojs", async ({ page, application }) => {
  const phone = freshPhone();
  await enter(page, "/contacts/import");
  await upload(page, "agreed.csv", `phone\n${phone}\n`);
  await page.getByLabel("Everybody in this file agreed").check();
  await page.getByRole("button", { name: "Import now" }).click();
  await expect(page.locator(".banner[role=alert]")).toContainText("How the person agreed");
  await expect(page.getByLabel("Everybody in this file agreed")).toBeChecked();
  await page.getByLabel("How they agreed").selectOption("paper");
  await page.getByRole("button", { name: "Import now" }).click();
  await expect(page.locator(".banner[role=alert]")).toContainText("Note");
  await page.getByLabel("What they were told").fill("Ticked “send me offers on WhatsApp” on the card");
  await page.getByRole("button", { name: "Import now" }).click();
  await until(page, "What came of it");
  const contact = (await rest(application, "GET", `/contacts?phone=${encodeURIComponent(phone)}`)).body.data[0];
  expect(contact.marketing.state).toBe("opted_in");
  const events = await eventsOf(application, contact, "opt_in");
  expect(JSON.stringify(events)).toContain("send me offers on WhatsApp");
});

test("what is no list is refused with what to do @nojs", async ({ page }) => {
  await enter(page, "/contacts/import");
  await upload(page, "picture.csv", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]));
  await expect(page.locator(".banner[role=alert]")).toContainText("Save it as CSV first");
  await upload(page, "empty.csv", "");
  await expect(page.locator(".banner[role=alert]")).toContainText("The file is empty");
  await upload(page, "names.csv", "name\nAna\n");
  await page.getByRole("button", { name: "Import now" }).click();
  await expect(page.locator(".banner[role=alert]")).toContainText("Choose which column holds the phone numbers");
  await page.getByRole("button", { name: "Discard the file" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Import contacts");
});

test("the chosen ones are tagged, and everybody who matches is opted out after a question @nojs", async ({ page, application }) => {
  const people = [await subscriber(application, "Bulky One"), await subscriber(application, "Bulky Two")];
  await stranger(application, "Bulky Three");
  await enter(page, "/contacts?q=Bulky");
  await page.getByText("Change many").click();
  await page.getByRole("button", { name: "Go on…" }).click();
  await expect(page.locator(".banner[role=alert]")).toContainText("Name a tag");
  await page.getByRole("checkbox", { name: "Choose Bulky One" }).check();
  await page.getByText("Change many").click();
  await page.getByPlaceholder("Tag").fill("autumn");
  await page.getByRole("button", { name: "Go on…" }).click();
  await expect(page.getByRole("heading", { name: "Tag 1 contact with “autumn”?" })).toBeVisible();
  await page.getByRole("button", { name: "Tag them" }).click();
  await until(page, "What came of it");
  await open(page, "/contacts?tag=autumn");
  await expect(page.getByRole("link", { name: "Bulky One", exact: true })).toBeVisible();

  await open(page, "/contacts?q=Bulky&state=opted_in");
  await page.getByText("Change many").click();
  await page.getByRole("checkbox", { name: "All 2 who match" }).check();
  await page.getByLabel("With the chosen contacts").selectOption("opt_out");
  await page.getByRole("button", { name: "Go on…" }).click();
  await expect(page.getByRole("heading", { name: "Stop marketing to 2 contacts?" })).toBeVisible();
  await page.getByRole("button", { name: "Opt them out" }).click();
  await until(page, "What came of it");
  await expect(page.getByText("only the person can opt in again")).toBeVisible();
  for (const person of people) {
    const contact = (await rest(application, "GET", `/contacts?phone=${encodeURIComponent(person.phone)}`)).body.data[0];
    expect(contact.marketing.state).toBe("opted_out");
  }
});

test("the list that is seen can be taken away, and no name in it is a formula", async ({ page, application }) => {
  const sly = await subscriber(application, "=Exportable+1");
  await enter(page, "/contacts?q=Exportable");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  const lines = text.trim().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(sly.phone);
  expect(lines[1]).toContain(",'=Exportable+1,");
  expect(lines[1]).toContain("opted_in");
});

test("filters and orders are in the address and work together @nojs", async ({ page, application, emulator }) => {
  const wrote = await subscriber(application, "Filtera Wrote");
  await emulator.writes(wrote.phone, "hello there");
  const silent = await subscriber(application, "Filtera Silent");
  await enter(page, "/contacts?q=Filtera");
  await expect(page.getByLabel("Wrote within")).toBeHidden();
  await page.locator("summary", { hasText: "Filters" }).click();
  await page.getByLabel("Wrote within").selectOption("7");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("link", { name: silent.name, exact: true })).toHaveCount(0);
  await expect(page.getByRole("link", { name: wrote.name, exact: true })).toBeVisible();
  await expect(page).toHaveURL(/wrote=7/);
  await expect(page.getByText("1 contact", { exact: true })).toBeVisible();
  await open(page, "/contacts?q=Filtera&sort=last_message");
  await expect(page.locator("tbody a").first()).toHaveText(wrote.name);
});

test("a person is told what is known and then forgotten @nojs", async ({ page, application, emulator }) => {
  const person = await subscriber(application, "Erasmus Vanish");
  await emulator.writes(person.phone, "please keep this secret");
  await enter(page, `/contacts/${person.id}`);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download everything (JSON)" }).click();
  const data = JSON.parse(await readFile(await (await download).path(), "utf8"));
  expect(data.contact.phone).toBe(person.phone);
  expect(JSON.stringify(data.messages)).toContain("please keep this secret");
  await page.getByRole("button", { name: "Erase…" }).click();
  await expect(page.getByRole("dialog")).toContainText("cannot be brought back");
  await page.getByRole("button", { name: "Erase for good" }).click();
  await expect(page.getByText("The person was erased")).toBeVisible();
  await open(page, "/contacts?q=Erasmus");
  await expect(page.getByText("Nobody matches")).toBeVisible();
  const again = await rest(application, "POST", "/contacts", { phone: person.phone });
  expect(again.body.marketing).toMatchObject({ state: "opted_out", source: "erasure" });
});
