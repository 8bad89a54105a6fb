import type { Page } from "@playwright/test";

import { start } from "./application";
import { accessible, enter, expect, hydrated, login, open, shoot, test, testInShop } from "./fixtures";
import { rest, send, stranger, subscriber } from "./rest";

// The pictures tell more than a trace, which would take longer than the tests.
test.use({ trace: "off" });

/** Every page somebody who signed in can come to by its address, by the name of its pictures. */
const PAGES: Record<string, string> = {
  overview: "/",
  inbox: "/inbox",
  "inbox-waiting": "/inbox?view=waiting",
  "inbox-nobody": "/inbox?view=snoozed",
  contacts: "/contacts",
  "contacts-opted-out": "/contacts?state=opted_out",
  "contacts-nobody": "/contacts?q=nobody-called-this",
  "contacts-new": "/contacts/new",
  "contacts-import": "/contacts/import",
  campaigns: "/campaigns",
  "campaigns-new": "/campaigns/new",
  "campaigns-form": "/campaigns/new?template=spring_sale&language=en",
  decisions: "/decisions",
  ledger: "/ledger",
  simulator: "/simulator",
  settings: "/settings/application/opt-in-out",
  connection: "/settings/connection",
  links: "/settings/links",
  "saved-replies": "/settings/replies",
  team: "/settings/team",
  api: "/settings/api",
  audit: "/settings/audit",
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

test("everybody can read what comes of merging two contacts, and a list with every column", async ({ page, application }) => {
  const kept = await subscriber(application, "Looks Keeper");
  const gone = await stranger(application, "Looks Leaver");
  await enter(page, `/contacts/${kept.id}/merge?q=looks&with=${gone.id}`);
  await looksRight(page, "merge");
  await open(page, "/contacts?columns=last_message.tags.country.language.attributes.added");
  await page.getByText("Columns", { exact: true }).click();
  await looksRight(page, "contacts-columns");
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

test("everybody can read a conversation, and every type of message shows as itself", async ({ page, application, emulator }) => {
  const person = await subscriber(application, "Talks Inallways");
  const from = person.phone;
  await emulator.writes(from, "Do you have this in blue?", 120);
  await send(application, person, "service");
  const media = (kind: string, content: object) => emulator.inbound({ from, [kind]: content });
  await media("image", { caption: "This one" });
  await media("video", {});
  await media("image", { mime_type: "image/png", content: "bm90IGEgcGljdHVyZQ==" });
  await media("audio", { voice: true });
  await media("document", { filename: "invoice-1042.pdf", caption: "My invoice" });
  await media("sticker", {});
  await media("location", { latitude: -33.92, longitude: 18.42, name: "Depot", address: "12 Long Street" });
  await media("contacts", [{ name: { formatted_name: "Ben Example", first_name: "Ben" }, phones: [{ phone: "+27 82 111 0000" }] }]);
  await media("order", { catalog_id: "1", text: "As a gift, please", product_items: [{ product_retailer_id: "mug-blue", quantity: 2, item_price: 12.5, currency: "EUR" }] });
  const said = await emulator.writes(from, "Thank you!");
  await media("reaction", { message_id: said.wamid, emoji: "👍" });
  await media("unsupported", { type: "poll" });
  await enter(page, `/inbox/${person.id}`);
  for (const text of ["Video", "Voice message", "invoice-1042.pdf", "Depot", "Ben Example", "Order of 1 product", "Reacted with"]) {
    await expect(page.getByText(text).first()).toBeVisible();
  }
  const photo = page.getByRole("img", { name: "Photo" }).first();
  await photo.scrollIntoViewIfNeeded();
  await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(640);
  const file = await page.request.get((await page.getByRole("link", { name: "invoice-1042.pdf" }).getAttribute("href")) ?? "");
  expect(file.headers()["content-disposition"]).toBe("attachment; filename*=UTF-8''invoice-1042.pdf");
  expect((await file.body()).subarray(0, 5).toString()).toBe("%PDF-");
  const gone = await page.request.get((await page.getByRole("link", { name: "Voice message" }).getAttribute("href")) ?? "");
  expect(gone.status()).toBe(404);
  expect(await gone.text()).toContain("Ask the person to send it again");
  await page.getByText("Note to colleagues").first().click();
  await looksRight(page, "thread");
  await emulator.writes(from, "STOP");
  await open(page, `/inbox/${person.id}`);
  await page.getByRole("textbox", { name: /^Answer to/ }).fill("Get 20% off your next order!");
  await expect(page.getByText("This reads like a promotion")).toBeVisible();
  await looksRight(page, "thread-opted-out");
});

test("customers can read their own page", async ({ page, application }) => {
  const person = await subscriber(application, "Looks Own");
  const { body } = await rest(application, "GET", `/contacts/${person.id}/preference-link`);
  await page.goto(`${application.url}${new URL(body.url).pathname}`);
  await looksRight(page, "own-page");
  await page.getByRole("button", { name: "Stop news and offers" }).click();
  await looksRight(page, "own-page-stopped");
  await enter(page, "/settings/links");
  const form = (await page.locator("a[href*='/opt-in/']").getAttribute("href")) ?? "";
  await page.goto(new URL(form).pathname);
  await looksRight(page, "form-to-join");
  await page.getByLabel("I agree").check();
  await page.getByRole("button", { name: "Continue to WhatsApp" }).click();
  await looksRight(page, "form-last-step");
});

test("everybody can read an import as it is asked about, checked and done, and what many contacts can be changed by", async ({ page }) => {
  await enter(page, "/contacts/import");
  const rows = Array.from({ length: 8 }, (_, n) => `+2782777${String(n).padStart(4, "0")};Imported ${n};fair;${n % 3 === 0 ? "no" : ""}`);
  const file = ["Mobile;Full name;Tags;Marketing", ...rows, "12;Nobody;;"].join("\r\n");
  await page.getByLabel("File").setInputFiles({ name: "fair.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await page.getByRole("button", { name: "Upload" }).click();
  await page.waitForURL(/contacts\/jobs\//);
  await looksRight(page, "import-asked");
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByText("What would come of it")).toBeVisible();
  await looksRight(page, "import-checked");
  await page.getByRole("button", { name: "Import now" }).click();
  await expect(page.getByText("What came of it")).toBeVisible();
  await looksRight(page, "import-done");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone", { exact: true })).toBeVisible();
  await open(page, "/contacts?blocked=false");
  await page.getByText("Change many").click();
  await looksRight(page, "contacts-many");
});

test("everybody can read every choice of the campaign form, and what is wrong with it", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await enter(page, "/campaigns/new?template=spring_sale&language=en");
  await page.getByRole("radio", { name: "People by filter" }).check();
  await looksRight(page, "campaign-filter");
  await page.getByRole("radio", { name: "A list of numbers" }).check();
  await page.getByRole("button", { name: "Save and preview" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await looksRight(page, "campaign-refused");
});

testInShop("everybody can read a campaign as a draft, while it runs and when it is finished, and the people of a line", async ({ page, shop }) => {
  testInShop.setTimeout(90_000);
  const offer = { name: "Spring sale to everyone", template: { name: "spring_sale", language: "en" }, audience: { all: true } };
  const { body } = await rest(shop, "POST", "/campaigns", offer);
  await login(page);
  await open(page, `/campaigns/${body.id}`);
  await looksRight(page, "campaign-draft");
  await open(page, `/campaigns/${body.id}?outcome=skipped&reason=opted_out`);
  await looksRight(page, "campaign-draft-people");
  await page.getByRole("button", { name: "Launch" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await looksRight(page, "dialog-launch");
  await page.getByRole("dialog").getByRole("button", { name: "Send to 950 people" }).click();
  await open(page, `/campaigns/${body.id}`);
  await looksRight(page, "campaign-running");
  await expect(page.getByRole("button", { name: "Pause" }), "it ran as long as it was looked at").toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await looksRight(page, "campaign-paused");
  await open(page, "/campaigns");
  await page.getByRole("link", { name: "Autumn news" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Autumn news" })).toBeVisible();
  await looksRight(page, "campaign-finished");
  await page.getByRole("link", { name: /contacts skipped \(opted-out\)$/ }).click();
  await expect(page.locator("#people tbody tr").first()).toBeVisible();
  await looksRight(page, "campaign-people");
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
    for (const [name, path] of Object.entries({ overview: "/", contacts: "/contacts", campaigns: "/campaigns", "campaigns-new": "/campaigns/new", connection: "/settings/connection" })) {
      await open(page, `${application.url}${path}`);
      await looksRight(page, `empty-${name}`);
    }
  } finally {
    await application.stop();
  }
});
