// Campaigns, from the choice of a template to the report.

import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { account, type Application } from "./application";
import type { Emulator, SentRequest } from "./emulator";
import { enter, expect, hydrated, login, open, test, testInShop } from "./fixtures";
import { freshPhone, rest, stranger, subscriber, type Somebody } from "./rest";

const OFFER = { name: "spring_sale", language: "en" };

/** Every request of an offer, whatever came of it. */
const offers = async (emulator: Emulator): Promise<SentRequest[]> =>
  (await emulator.requests()).filter((request) => request.body.template?.name === OFFER.name);

/** Whom WhatsApp took an offer for, in order; what it refused because it came too fast is sent again. */
const taken = async (emulator: Emulator): Promise<string[]> =>
  (await offers(emulator)).filter((request) => request.status === 200).map((request) => request.to);

/** How many offers each of them got, in their order. */
async function offersFor(emulator: Emulator, people: Somebody[]): Promise<number[]> {
  const sent = await taken(emulator);
  return people.map(({ phone }) => sent.filter((to) => to === phone).length);
}

/** Chooses the offer for a new campaign, as far as its empty form. */
async function chooseOffer(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Campaigns" }).click();
  await page.getByRole("link", { name: "New campaign" }).click();
  await page.getByRole("link", { name: "Use this one: spring_sale" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toBeVisible();
}

const save = (page: Page) => page.getByRole("button", { name: "Save and preview" }).click();

/** Pastes a list of numbers as the audience. */
async function paste(page: Page, numbers: string[]): Promise<void> {
  await page.getByRole("radio", { name: "A list of numbers" }).check();
  await page.getByRole("textbox", { name: "Numbers" }).fill(numbers.join("\n"));
}

/** Writes a campaign to everyone, as far as its preview. */
async function writeToEveryone(page: Page, name: string): Promise<void> {
  await chooseOffer(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("radio", { name: "Everyone" }).check();
  await save(page);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** Launches the campaign on the page, which asks first. */
async function launch(page: Page, people: string): Promise<void> {
  await page.getByRole("button", { name: "Launch" }).click();
  const question = page.getByRole("dialog", { name: `Send to ${people}?` });
  await question.getByRole("button", { name: `Send to ${people}` }).click();
}

/** How many the preview on the page says will receive it. */
const willReceive = async (page: Page) => (await page.getByRole("link", { name: /^[\d,]+ will receive it$/ }).textContent())!.split(" ")[0]!;

/** A draft that another system of the business wrote. */
async function draft(application: Application, name: string, audience: unknown): Promise<string> {
  const written = await rest(application, "POST", "/campaigns", { name, template: OFFER, audience });
  expect(written.status).toBe(201);
  return written.body.id;
}

const listOf = (people: Somebody[]) => ({ phones: people.map(({ phone }) => phone) });

/** Where the campaign on the page stands. */
const state = (page: Page, word: string) => page.locator(".badge").filter({ hasText: word }).first();

/** Waits until the campaign on the page stands so; without JavaScript a page is as old as it is. */
async function comesTo(page: Page, word: string): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(state(page, word)).toBeVisible({ timeout: 500 });
  }).toPass();
}

/** A figure of the report. */
const figure = (page: Page, label: string, value: string) =>
  expect(page.locator(".stat").filter({ hasText: label }).locator(".stat-value").first()).toHaveText(value);

/** The people of the demo who opted out before anything is sent. */
async function optedOut(application: Application): Promise<Set<string>> {
  const { body } = await rest(application, "GET", "/contacts?state=opted_out&limit=200");
  return new Set(body.data.map((contact: { phone: string }) => contact.phone));
}

testInShop("a campaign to 1,000 contacts of whom 50 opted out goes to 950, and the report says who was skipped @engines", async ({
  page,
  shop,
  emulator,
}) => {
  testInShop.setTimeout(60_000);
  const stopped = await optedOut(shop);
  expect(stopped.size).toBe(50);
  await login(page);
  await writeToEveryone(page, "Spring sale to everyone");
  await expect(page.getByText("950 will receive it")).toBeVisible();
  await expect(page.getByText("of 1,000 in the audience")).toBeVisible();
  await expect(page.getByRole("link", { name: "50 opted out" })).toBeVisible();
  expect(await offers(emulator), "nothing leaves before it is launched").toEqual([]);

  await page.getByRole("button", { name: "Launch" }).click();
  const question = page.getByRole("dialog", { name: "Send to 950 people?" });
  await expect(question).toContainText("50 of the 1,000 in the audience are left out.");
  await expect(question).toContainText("50 opted out");
  await question.getByRole("button", { name: "Send to 950 people" }).click();
  await expect(state(page, "Running")).toBeVisible();
  await expect(question).toBeHidden();
  await expect(state(page, "Finished")).toBeVisible({ timeout: 30_000 });

  await figure(page, "Sent", "950");
  await expect(page.getByRole("link", { name: "50 contacts skipped (opted-out)" })).toBeVisible();
  await expect(page.getByText("0 sent, 0 already in flight")).toBeVisible();
  await expect(page.getByText("At launch 950 would receive it, and nothing changed before their turn.")).toBeVisible();
  expect((await offers(emulator)).filter((request) => stopped.has(request.to))).toEqual([]);
  const sent = await taken(emulator);
  expect(sent).toHaveLength(950);
  expect(new Set(sent).size, "nobody twice").toBe(950);
});

testInShop("who says STOP while a campaign runs gets nothing of it afterwards, and the report counts them @engines", async ({
  page,
  shop,
  emulator,
}) => {
  testInShop.setTimeout(60_000);
  await login(page);
  await writeToEveryone(page, "Spring sale with a STOP");
  await launch(page, "950 people");
  await expect.poll(async () => (await offers(emulator)).length).toBeGreaterThan(100);

  const known = (await rest(shop, "GET", "/contacts?state=opted_in&limit=200")).body.data as Somebody[];
  const reached = new Set((await offers(emulator)).map((request) => request.to));
  const waiting = known.filter(({ phone }) => !reached.has(phone));
  const [early, late] = [known.find(({ phone }) => reached.has(phone)), waiting.at(-1)];
  const stops = [];
  for (const person of [early, late, waiting.at(0)]) {
    if (person) {
      stops.push({ person, ...(await emulator.writes(person.phone, "STOP")) });
    }
  }
  expect(stops.map((stop) => stop.webhook_status)).toEqual(stops.map(() => 200));
  await expect(state(page, "Running"), "they said it while it ran").toBeVisible();
  await expect(state(page, "Finished")).toBeVisible({ timeout: 30_000 });

  const sent = await offers(emulator);
  const afterStop = stops.filter(({ person, acked_at_us }) =>
    sent.some((request) => request.to === person.phone && request.at_us > acked_at_us),
  );
  expect(afterStop, "offers after the STOP was acknowledged").toEqual([]);
  const missed = stops.filter(({ person }) => !sent.some((request) => request.to === person.phone));
  expect(missed.length, "at least one of them was still waiting").toBeGreaterThan(0);
  await expect(page.getByRole("link", { name: `${50 + missed.length} contacts skipped (opted-out)` })).toBeVisible();
  await figure(page, "Sent", String(950 - missed.length));
  await expect(page.getByText(/^0 sent, \d already in flight$/)).toBeVisible();
  // Who changed between preview and send, and by what.
  const changed = page.getByRole("listitem").filter({ hasText: "Consent event" });
  await expect(changed).toHaveCount(missed.length);
  for (const { person } of missed) {
    await expect(changed.getByRole("link", { name: person.name })).toHaveAttribute("href", `/contacts/${person.id}`);
  }
  // Whoever had it first opted out because of it.
  await expect(async () => {
    await open(page, new URL(page.url()).pathname);
    await expect(page.locator(".stat").filter({ hasText: "Opt-outs caused" }).locator(".stat-value")).toHaveText(
      String(stops.length - missed.length),
      { timeout: 500 },
    );
  }).toPass({ timeout: 10_000 });
});

testInShop("a paused campaign rests within a second, goes on when it is resumed, and reaches nobody twice", async ({ page, shop, emulator }) => {
  testInShop.setTimeout(60_000);
  const id = await draft(shop, "Offer with a rest", { tags: ["vip"] });
  await login(page);
  await open(page, `/campaigns/${id}`);
  const people = await willReceive(page);
  await launch(page, `${people} people`);
  await expect.poll(async () => (await offers(emulator)).length).toBeGreaterThan(40);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(state(page, "Paused")).toBeVisible();
  const paused = Date.now();
  await expect.poll(() => Date.now() - paused).toBeGreaterThan(1_600);
  const before = await offers(emulator);
  expect(before.length, "it was paused before its end").toBeLessThan(Number(people));
  expect(before.filter((request) => request.at_us > (paused + 1_000) * 1_000)).toEqual([]);

  await page.getByRole("button", { name: "Resume" }).click();
  await expect(state(page, "Running")).toBeVisible();
  await expect(state(page, "Finished")).toBeVisible({ timeout: 20_000 });
  await figure(page, "Sent", people);
  const sent = await taken(emulator);
  expect(sent).toHaveLength(Number(people));
  expect(new Set(sent).size, "nobody twice").toBe(sent.length);
});

testInShop("a cancelled campaign asks first, stops for good, and says how many got it", async ({ page, shop, emulator }) => {
  const id = await draft(shop, "Offer cut short", { tags: ["vip"] });
  await login(page);
  await open(page, `/campaigns/${id}`);
  const people = await willReceive(page);
  await launch(page, `${people} people`);
  await expect.poll(async () => (await offers(emulator)).length).toBeGreaterThan(40);
  await page.getByRole("button", { name: "Cancel campaign" }).click();
  const question = page.getByRole("dialog", { name: "Cancel this campaign?" });
  await question.getByRole("button", { name: "Keep it" }).click();
  await expect(question).toBeHidden();
  await expect(state(page, "Running")).toBeVisible();
  await page.getByRole("button", { name: "Cancel campaign" }).click();
  await question.getByRole("button", { name: "Cancel campaign" }).click();
  await expect(state(page, "Cancelled")).toBeVisible();
  const cancelled = Date.now();
  await expect.poll(() => Date.now() - cancelled).toBeGreaterThan(1_600);
  expect((await offers(emulator)).filter((request) => request.at_us > (cancelled + 1_000) * 1_000)).toEqual([]);
  const sent = await taken(emulator);
  await open(page, `/campaigns/${id}`);
  await figure(page, "Sent", String(sent.length));
  const left = Number(people) - sent.length;
  await expect(page.getByRole("link", { name: `${left} contacts skipped (campaign cancelled)` })).toBeVisible();
  for (const name of ["Launch", "Resume", "Pause", "Cancel campaign", "Edit"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
});

test("without JavaScript a campaign is written, previewed, launched and reported @nojs-only @engines", async ({ page, application, emulator }) => {
  const people = [await subscriber(application, "Plain One"), await subscriber(application, "Plain Two")];
  const never = await stranger(application, "Plain Unasked");
  await enter(page, "/");
  await chooseOffer(page);
  await page.getByLabel("Name", { exact: true }).fill("Without a program");
  await paste(page, [...people, never].map(({ phone }) => phone));
  await save(page);
  await expect(page.getByText("2 will receive it")).toBeVisible();
  await page.getByRole("link", { name: "1 never opted in" }).click();
  await expect(page.getByRole("row", { name: never.name })).toBeVisible();
  await launch(page, "2 people");
  await comesTo(page, "Finished");
  await figure(page, "Sent", "2");
  await expect(page.getByRole("link", { name: "1 contact skipped (never opted in)" })).toBeVisible();
  expect(await offersFor(emulator, [...people, never])).toEqual([1, 1, 0]);
});

test("a campaign without a name, without a label, or in the past is refused, and what was typed is kept @nojs", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await enter(page, "/campaigns/new?template=spring_sale&language=en");
  const [name, labels, when] = [page.getByLabel("Name", { exact: true }), page.getByRole("textbox", { name: "Labels" }), page.getByLabel("When")];
  await page.getByRole("radio", { name: "Everyone" }).check();
  await save(page);
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveAccessibleDescription(/Name is missing\. Fill it in\./);

  await name.fill("Refused at first");
  await page.getByRole("radio", { name: "People with a label" }).check();
  await save(page);
  await expect(page.getByText(/is missing\. Fill it in\./).last()).toBeVisible();
  await expect(name).not.toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveValue("Refused at first");
  await expect(page.getByRole("radio", { name: "People with a label" })).toBeChecked();
  await expect(labels).toBeVisible();

  await page.getByRole("radio", { name: "Everyone" }).check();
  await when.fill("2020-01-01T09:00");
  await save(page);
  await expect(when).toHaveAttribute("aria-invalid", "true");
  await expect(when).toHaveAccessibleDescription(/has passed\. Choose a time to come/);
  await expect(when).toHaveValue("2020-01-01T09:00");
  await expect(name).toHaveValue("Refused at first");

  await when.fill("");
  await save(page);
  await expect(page.getByRole("heading", { level: 1, name: "Refused at first" })).toBeVisible();
});

test("numbers that cannot be read are listed with their lines, and the rest goes @nojs", async ({ page, application, emulator }) => {
  const [known, fresh] = [await subscriber(application, "Listed Example"), freshPhone()];
  await enter(page, "/campaigns/new?template=spring_sale&language=en");
  await page.getByLabel("Name", { exact: true }).fill("With odd numbers");
  await paste(page, [known.phone, "not a number", "", `${known.phone.slice(0, 5)} ${known.phone.slice(5)}`, "12", fresh, "<b>+27</b>"]);
  await save(page);
  await expect(page.getByText("3 numbers could not be read and are not in the list")).toBeVisible();
  for (const line of ["Line 2, “not a number”:", "Line 5, “12”:", "Line 7, “<b>+27</b>”:"]) {
    await expect(page.getByRole("listitem").filter({ hasText: line })).toBeVisible();
  }
  await expect(page.getByText("A list of 2 numbers")).toBeVisible();
  await launch(page, "1 person");
  await comesTo(page, "Finished");
  expect(await offersFor(emulator, [known])).toEqual([1]);
  expect(await emulator.takenFor(fresh)).toEqual([]);
});

test("a campaign for nobody is not launched, and says why @nojs", async ({ page, application, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  const id = await draft(application, "For nobody", { tags: ["nobody-has-this-label"] });
  await enter(page, `/campaigns/${id}`);
  await expect(page.getByText("0 will receive it")).toBeVisible();
  await launch(page, "0 people");
  await expect(page.getByText(/There is nobody in this audience\./)).toBeVisible();
  await open(page, `/campaigns/${id}`);
  await expect(state(page, "Draft")).toBeVisible();
});

test("a draft is written anew, and keeps its list unless another one is pasted @nojs", async ({ page, application }) => {
  const [first, second] = [await subscriber(application, "Draft One"), await subscriber(application, "Draft Two")];
  const id = await draft(application, "First name", listOf([first, second]));
  await enter(page, `/campaigns/${id}`);
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("First name");
  await expect(page.getByRole("radio", { name: "The list as it is" })).toBeChecked();
  await page.getByLabel("Name", { exact: true }).fill("Second name");
  await save(page);
  await expect(page.getByRole("heading", { level: 1, name: "Second name" })).toBeVisible();
  await expect(page.getByText("2 will receive it")).toBeVisible();
  await page.getByRole("link", { name: "Edit" }).click();
  await paste(page, [second.phone]);
  await save(page);
  await expect(page.getByText("1 will receive it")).toBeVisible();
  await open(page, "/campaigns");
  await expect(page.getByRole("row", { name: "Second name" })).toContainText("Draft");
  await expect(page.getByRole("row", { name: "First name" })).toHaveCount(0);
});

test("a campaign waits for the time it is scheduled for, in the time zone of who wrote it", async ({ browser, application, baseURL }) => {
  const place = await browser.newContext({ baseURL: baseURL!, locale: "en-GB", timezoneId: "Asia/Kolkata" });
  const page = await place.newPage();
  await login(page);
  const [person, year] = [await subscriber(application, "Scheduled Example"), new Date().getUTCFullYear() + 1];
  await open(page, "/campaigns/new?template=spring_sale&language=en");
  await page.getByLabel("Name", { exact: true }).fill("At nine in Kolkata");
  await paste(page, [person.phone]);
  await page.getByLabel("When").fill(`${year}-03-02T09:00`);
  await expect(page.getByText("UTC+05:30")).toBeVisible();
  await save(page);
  await page.getByRole("button", { name: `Schedule for 2 Mar ${year}, 03:30` }).click();
  await page.getByRole("dialog").getByRole("button", { name: `Schedule for 2 Mar ${year}, 03:30` }).click();
  await expect(state(page, "Scheduled")).toBeVisible();
  await expect(page.getByText(`Launches by itself on 2 Mar ${year}, 03:30`)).toBeVisible();
  const { body } = await rest(application, "GET", "/campaigns?limit=5");
  const written = body.data.find((campaign: { name: string }) => campaign.name === "At nine in Kolkata");
  expect(written.schedule_at).toBe(`${year}-03-02T03:30:00Z`);
  await place.close();
});

for (const role of ["viewer", "agent"]) {
  test(`${role === "agent" ? "an" : "a"} ${role} reads campaigns, and neither writes nor launches one`, async ({ page, application, allowedErrors }) => {
    allowedErrors.push(/status of 403/);
    const reader = await subscriber(application, `Offered by ${role}`);
    const id = await draft(application, `Not for a ${role}`, listOf([reader]));
    await enter(page, "/campaigns", await account(application, role, `campaign-${role}`));
    await expect(page.getByRole("link", { name: `Not for a ${role}` })).toBeVisible();
    await expect(page.getByRole("link", { name: "New campaign" })).toHaveCount(0);
    await page.getByRole("link", { name: `Not for a ${role}` }).click();
    await expect(page.getByText("1 will receive it")).toBeVisible();
    for (const name of ["Launch", "Cancel campaign", "Send test"]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
    await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
    // Around the pages as well.
    const form = { campaign: id, command: "launch" };
    const headers = { origin: application.url, accept: "application/json" };
    const refused = await page.request.post("/sfn/app/campaigns/api/command_campaign", { form, headers });
    expect(refused.status()).toBe(403);
    expect((await rest(application, "GET", `/campaigns/${id}`)).body.state).toBe("draft");
  });
}

test("every line of a report leads to its people, page by page, and to a file of the same people @nojs", async ({ page }) => {
  await enter(page, "/campaigns");
  await page.getByRole("link", { name: "Autumn news" }).click();
  const line = page.getByRole("link", { name: /contacts skipped \(opted-out\)$/ });
  const count = Number((await line.textContent())!.split(" ")[0]);
  await line.click();
  const rows = page.getByRole("region", { name: "People" }).or(page.locator("#people")).locator("tbody tr");
  await expect(rows).toHaveCount(count);
  const name = (await rows.first().getByRole("link").textContent())!;
  const download = page.waitForEvent("download");
  await page.locator("#people").getByRole("link", { name: "Download CSV" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file.trim().split(/\r?\n/)).toHaveLength(count + 1);
  expect(file).toContain(name);

  await page.locator(".stat").filter({ hasText: "Sent" }).first().click();
  await expect(rows).toHaveCount(50);
  const first = (await rows.first().textContent())!;
  await page.getByRole("link", { name: "Next" }).click();
  await expect(rows.first()).not.toHaveText(first);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(rows.first()).toHaveText(first);
});

test("what comes of the last messages is counted on the open page", async ({ page, application }) => {
  const people = [await subscriber(application, "Reader One"), await subscriber(application, "Reader Two")];
  await enter(page, `/campaigns/${await draft(application, "Read afterwards", listOf(people))}`);
  await launch(page, "2 people");
  await expect(state(page, "Finished")).toBeVisible();
  await figure(page, "Delivered", "2");
  await figure(page, "Read", "2");
});

test("a launch that is pressed twice launches once", async ({ page, application, emulator }) => {
  const people = [await subscriber(application, "Twice One"), await subscriber(application, "Twice Two")];
  await enter(page, `/campaigns/${await draft(application, "Pressed twice", listOf(people))}`);
  await page.getByRole("button", { name: "Launch" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send to 2 people" }).dblclick();
  await expect(state(page, "Finished")).toBeVisible();
  await figure(page, "Sent", "2");
  expect(await offersFor(emulator, people)).toEqual([1, 1]);
});

test("a launch from a page that is out of date launches nothing again: the back button, and a second tab @nojs-only", async ({
  page,
  context,
  application,
  emulator,
}) => {
  const people = [await subscriber(application, "Tab One"), await subscriber(application, "Tab Two")];
  await enter(page, `/campaigns/${await draft(application, "In two tabs", listOf(people))}`);
  const other = await context.newPage();
  await other.goto(page.url());
  await launch(page, "2 people");
  await comesTo(page, "Finished");
  await other.getByRole("button", { name: "Launch" }).click();
  await other.getByRole("button", { name: "Send to 2 people" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "In two tabs" })).toBeVisible();
  await expect(state(other, "Finished")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "In two tabs" })).toBeVisible();
  expect(await offersFor(emulator, people)).toEqual([1, 1]);
});

test("a second tab sees the launch of the first without being touched", async ({ page, context, application }) => {
  const people = [await subscriber(application, "Watched One"), await subscriber(application, "Watched Two")];
  await enter(page, `/campaigns/${await draft(application, "Watched from aside", listOf(people))}`);
  const other = await context.newPage();
  await open(other, page.url());
  await other.getByRole("button", { name: "Launch" }).click();
  await expect(other.getByRole("dialog")).toBeVisible();
  await launch(page, "2 people");
  await expect(state(other, "Finished")).toBeVisible();
  await expect(other.getByRole("dialog"), "there is nothing to launch any more").toHaveCount(0);
  await hydrated(other);
  await other.getByRole("link", { name: "Campaigns" }).first().click();
  await expect(other.getByRole("row", { name: "Watched from aside" })).toContainText("Finished");
});

test("names of any script and any characters are shown as they are, run nothing, and leave the list room", async ({ page }) => {
  const names = ['<script>alert("x")</script>', "تخفيضات الربيع", "🎉 Печать &amp; \"Ende\"", "X".repeat(100)];
  for (const name of names) {
    await enter(page, "/campaigns/new?template=spring_sale&language=en");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("radio", { name: "Everyone" }).check();
    await save(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page).toHaveTitle(new RegExp(name.replace(/[^\p{L}\p{N}]/gu, ".")));
  }
  await open(page, "/campaigns");
  for (const name of names) {
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  }
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width}`).toBeLessThanOrEqual(width);
  }
});
