import type { Application } from "./application";
import type { Emulator } from "./emulator";
import { enter, expect, open, test } from "./fixtures";
import { subscriber, type Somebody } from "./rest";

/** Somebody who agreed to marketing and now writes something. */
async function writes(application: Application, emulator: Emulator, name: string, text: string): Promise<Somebody> {
  const somebody = await subscriber(application, name);
  expect((await emulator.writes(somebody.phone, text)).webhook_status).toBe(200);
  return somebody;
}

test("unclear words wait for a decision, and they asked to stop @nojs @engines", async ({ page, application, emulator }) => {
  const { id, name } = await writes(application, emulator, "Unclear Example", "not interested");
  await enter(page, "/");
  await page.getByRole("link", { name: "Decisions" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Needs a decision" })).toBeVisible();
  const item = page.getByRole("listitem").filter({ hasText: name });
  await expect(item.getByText("not interested", { exact: true })).toBeVisible();
  await item.getByRole("button", { name: `They asked to stop: ${name}` }).click();
  await expect(item).toHaveCount(0);
  await open(page, `/contacts/${id}`);
  await expect(page.getByRole("switch", { name: `Marketing messages for ${name}` })).toHaveAttribute("aria-checked", "false");
  await expect(page.getByText("Opted out").first()).toBeVisible();
});

test("unclear words appear while the page is open, and they did not ask to stop", async ({ page, application, emulator }) => {
  await enter(page, "/decisions");
  const { id, name } = await writes(application, emulator, "Hasty Example", "stop it");
  const item = page.getByRole("listitem").filter({ hasText: name });
  await item.getByRole("button", { name: `They did not: ${name}` }).click();
  await expect(item).toHaveCount(0);
  await open(page, `/contacts/${id}`);
  await expect(page.getByRole("switch", { name: `Marketing messages for ${name}` })).toHaveAttribute("aria-checked", "true");
});

test("the lab explains as one types, in the browser, with the keywords on the page", async ({ page }) => {
  await enter(page, "/settings/application/opt-in-out");
  const steps = page.getByRole("list", { name: "What the system would do" });
  await page.getByLabel("Message from the customer").fill("please don't message me anymore");
  await expect(steps).toContainText("an explicit request in English");
  await expect(steps).toContainText("Opted in → Opted out");
  await page.getByLabel("Message from the customer").fill("Where is the bus stop?");
  await expect(steps).toContainText("Marketing may be sent.");
  await page.getByRole("button", { name: "not interested" }).click();
  await expect(steps).toContainText("Opted in → Held");
  await page.getByLabel("Message from the customer").fill("hasta luego");
  await expect(steps).toContainText("Marketing may be sent.");
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).fill("HASTA LUEGO");
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).press("Enter");
  await expect(steps).toContainText("one of your Opt-Out Keywords");
});

test("edited keywords are checked against real messages before they are saved", async ({ page, application, emulator }) => {
  await writes(application, emulator, "Replay Example", "bye for now");
  await enter(page, "/settings/application/opt-in-out");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText(/^0 messages would be understood differently/)).toBeVisible();
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).fill("BYE FOR NOW");
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).press("Enter");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText(/^1 message would be understood differently/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Replay Example" })).toBeVisible();
});
