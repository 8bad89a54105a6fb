import type { Page } from "@playwright/test";

import { account } from "./application";
import { enter, expect, login, open, test } from "./fixtures";
import { rest, send, stranger, subscriber } from "./rest";

/** The field for an answer. */
const field = (page: Page) => page.getByRole("textbox", { name: /^Answer to/ });

/** Without JavaScript a page does not follow by itself. */
async function shown(page: Page, text: string): Promise<void> {
  const line = page.getByRole("region", { name: /^Conversation with/ }).getByText(text, { exact: true });
  await expect(async () => {
    if (!(await line.isVisible())) {
      await page.reload();
    }
    await expect(line).toBeVisible({ timeout: 500 });
  }).toPass();
}

test("scenario 1: who opted out asks about an order and is helped @nojs @engines", async ({ page, application, emulator }) => {
  const maria = await subscriber(application, "Maria Helped");
  await emulator.writes(maria.phone, "STOP", 10);
  await emulator.writes(maria.phone, "Hi, what's my order status?", 5);
  await enter(page, "/inbox");
  await page.getByRole("link", { name: /Maria Helped/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Maria Helped");
  await expect(page.locator(".thread-head").getByText("Opted out", { exact: true })).toBeVisible();
  await expect(page.getByText("wants no marketing")).toBeVisible();
  await shown(page, "Hi, what's my order status?");
  await field(page).fill("Your order 1042 left us today.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await shown(page, "Your order 1042 left us today.");
  await expect.poll(() => emulator.textsFor(maria.phone)).toContain("Your order 1042 left us today.");
  await emulator.writes(maria.phone, "Will it come before noon?");
  await shown(page, "Will it come before noon?");
  await field(page).fill("Yes, between 9 and 11.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => emulator.textsFor(maria.phone)).toContain("Yes, between 9 and 11.");
  const refused = await send(application, maria, "marketing");
  expect(refused.status).toBe(422);
  expect(refused.body.reason).toBe("opted_out");
});

test("scenario 3: order, shipping and delivery reach who opted out, related products do not @engines", async ({ application, emulator }) => {
  const buyer = await subscriber(application, "Buyer Three");
  await emulator.writes(buyer.phone, "STOP", 5);
  const update = (variables?: object) =>
    rest(application, "POST", "/messages", {
      to: buyer.phone,
      kind: "utility",
      template: { name: "order_confirmation", language: "en", ...variables },
    });
  for (let step = 0; step < 3; step += 1) {
    const sent = await update();
    expect(sent.status).toBe(202);
  }
  const templates = () => emulator.takenFor(buyer.phone).then((sent) => sent.filter((one) => one.body.type === "template").length);
  await expect.poll(templates, { timeout: 30_000 }).toBe(3);
  const related = await rest(application, "POST", "/messages", {
    to: buyer.phone,
    kind: "service",
    text: { body: "Check out these related products" },
  });
  expect(related.status).toBe(422);
  expect(related.body.reason).toBe("promotion");
});

test("a promotion called an answer is stopped, says why, and an owner may let it through on record @nojs", async ({ page, application, emulator, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  const person = await subscriber(application, "Promo Stopped");
  await emulator.writes(person.phone, "STOP", 10);
  await emulator.writes(person.phone, "where is my parcel?", 5);
  await enter(page, `/inbox/${person.id}`);
  await field(page).fill("It ships today. Get 20% off your next order!");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("It reads like a promotion, and this person asked for no marketing")).toBeVisible();
  await expect(field(page)).toHaveValue("It ships today. Get 20% off your next order!");
  expect(await emulator.textsFor(person.phone)).not.toContain("It ships today. Get 20% off your next order!");
  await page.getByRole("checkbox", { name: /It is no promotion/ }).check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => emulator.textsFor(person.phone)).toContain("It ships today. Get 20% off your next order!");
  await expect(page.getByText("owner@demo.test sent this although it reads like a promotion")).toBeVisible();
});

test("two agents see each other write, and do not answer twice unknowingly", async ({ page, application, emulator, browser }) => {
  const person = await stranger(application, "Asked Twice");
  await emulator.writes(person.phone, "are you open on Sunday?", 5);
  const agent = await account(application, "agent", "second-agent");
  const context = await browser.newContext({ baseURL: application.url });
  const other = await context.newPage();
  await login(other, agent);
  await open(other, `/inbox/${person.id}`);
  await enter(page, `/inbox/${person.id}`);
  await field(other).pressSequentially("No, clos");
  await expect(page.getByText("second-agent@demo.test is writing an answer…")).toBeVisible();
  await field(page).fill("Yes, from 10.");
  // The other page must not hear of it before it sends: that is the race the check is for.
  await other.route("**/events", (route) => route.abort());
  await field(other).fill("No, closed.");
  const seen = await other.locator("input[name=seen]").first().inputValue();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => emulator.textsFor(person.phone)).toContain("Yes, from 10.");
  await other.locator("input[name=seen]").first().evaluate((input: HTMLInputElement, seen) => { input.value = seen; }, seen);
  await other.getByRole("button", { name: "Send", exact: true }).click();
  await expect(other.getByText("A colleague answered meanwhile")).toBeVisible();
  await expect(field(other)).toHaveValue("No, closed.");
  expect(await emulator.textsFor(person.phone)).not.toContain("No, closed.");
  await context.close();
});

test("a conversation is noted on, assigned, resolved, and comes back when the person writes @nojs", async ({ page, application, emulator }) => {
  const person = await stranger(application, "Worked On");
  await emulator.writes(person.phone, "a question");
  await enter(page, `/inbox/${person.id}`);
  await page.getByText("Note to colleagues").first().click();
  await page.getByRole("textbox", { name: "Note to colleagues" }).fill("Prefers calls");
  await page.getByRole("button", { name: "Save note" }).click();
  await shown(page, "Prefers calls");
  await page.getByLabel("Assigned to").selectOption({ label: "owner@demo.test (you)" });
  await page.getByRole("button", { name: "Assign", exact: true }).click();
  await expect(page.getByText("owner@demo.test assigned it to owner@demo.test")).toBeVisible();
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
  await open(page, "/inbox?view=resolved");
  await expect(page.getByRole("link", { name: /Worked On/ })).toBeVisible();
  await emulator.writes(person.phone, "one more thing");
  await open(page, "/inbox?view=mine");
  await expect(page.getByRole("link", { name: /Worked On/ })).toBeVisible();
  expect(await emulator.textsFor(person.phone)).not.toContain("Prefers calls");
});

test("what a search finds is within the part that is shown @nojs", async ({ page, application, emulator }) => {
  const person = await stranger(application, "Searchable Inbox");
  await emulator.writes(person.phone, "hello");
  await enter(page, "/inbox");
  await page.getByRole("searchbox").fill("searchable");
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/q=searchable/);
  await expect(page.locator(".conversation")).toHaveCount(1);
  await open(page, "/inbox?view=resolved&q=searchable");
  await expect(page.getByText("No conversation in this part")).toBeVisible();
});

test("who may only look reads and cannot answer @nojs", async ({ page, application, emulator }) => {
  const person = await stranger(application, "Read Only");
  await emulator.writes(person.phone, "hello");
  const viewer = await account(application, "viewer", "inbox-viewer");
  await login(page, viewer);
  await open(page, `/inbox/${person.id}`);
  await expect(page.getByText("Your role lets you read conversations")).toBeVisible();
  await expect(field(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Resolve" })).toHaveCount(0);
});

test("with the window closed a template opens the conversation @nojs", async ({ page, application, emulator }) => {
  const person = await stranger(application, "Long Ago");
  await emulator.writes(person.phone, "hello", 2 * 24 * 3600);
  await enter(page, `/inbox/${person.id}`);
  await expect(page.locator(".thread-head").getByText("24-hour window closed")).toBeVisible();
  await expect(field(page)).toHaveCount(0);
  await page.getByRole("combobox", { name: "Template" }).selectOption("order_confirmation/en");
  await page.getByRole("button", { name: "Use template" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(async () => (await emulator.takenFor(person.phone)).length).toBe(1);
});
