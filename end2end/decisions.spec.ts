import type { Application } from "./application";
import type { Emulator } from "./emulator";
import { expect, hydrated, login, open, test } from "./fixtures";

/** Somebody who agreed to marketing and now writes something. */
async function writes(application: Application, emulator: Emulator, phone: string, name: string, text: string) {
  const call = (method: string, path: string, body: unknown) =>
    fetch(`${application.url}/api/v1${path}`, {
      method,
      headers: { authorization: "Bearer demo-api-key", "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const contact: any = await (await call("POST", "/contacts", { phone, name })).json();
  await call("PUT", `/contacts/${contact.id}/consent`, {
    choice: "opted_in",
    source: "web_form",
    occurred_at: "2026-01-05T10:00:00Z",
  });
  expect((await emulator.inbound({ from: phone, text })).webhook_status).toBe(200);
  return contact.id as string;
}

test("unclear words wait for a decision, and they asked to stop @nojs @engines", async ({ page, application, emulator }, info) => {
  const phone = info.project.name === "js" ? "+27821230001" : "+27821230002";
  const name = `Unclear ${info.project.name}`;
  const id = await writes(application, emulator, phone, name, "not interested");
  await login(page);
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
  await login(page);
  await open(page, "/decisions");
  const name = "Hasty Example";
  const id = await writes(application, emulator, "+27821230003", name, "stop it");
  const item = page.getByRole("listitem").filter({ hasText: name });
  await item.getByRole("button", { name: `They did not: ${name}` }).click();
  await expect(item).toHaveCount(0);
  await open(page, `/contacts/${id}`);
  await expect(page.getByRole("switch", { name: `Marketing messages for ${name}` })).toHaveAttribute("aria-checked", "true");
});

test("the lab explains as one types, in the browser, with the keywords on the page", async ({ page }) => {
  await login(page);
  await open(page, "/settings/application/opt-in-out");
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
  await hydrated(page);
});

test("edited keywords are checked against real messages before they are saved", async ({ page, application, emulator }) => {
  await writes(application, emulator, "+27821230004", "Replay Example", "bye for now");
  await login(page);
  await open(page, "/settings/application/opt-in-out");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText(/^0 messages would be understood differently/)).toBeVisible();
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).fill("BYE FOR NOW");
  await page.getByRole("textbox", { name: "Opt-Out Keywords" }).press("Enter");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText(/^1 message would be understood differently/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Replay Example" })).toBeVisible();
});
