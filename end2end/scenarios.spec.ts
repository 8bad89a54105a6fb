import type { Application } from "./application";
import { expect, hydrated, login, test } from "./fixtures";

/** A call of the REST API with the demo's key. */
async function api(application: Application, method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${application.url}/api/v1${path}`, {
    method,
    headers: { authorization: "Bearer demo-api-key", "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const marketing = (to: string) => ({ to, kind: "marketing", template: { name: "spring_sale", language: "en" } });

test("a STOP switches the contact off live, is confirmed once, and START brings them back @engines", async ({
  page,
  application,
  emulator,
}) => {
  const phone = "+15550100901";
  const name = "Robin Example";
  const contact = (await api(application, "POST", "/contacts", { phone, name })).body;
  await api(application, "PUT", `/contacts/${contact.id}/consent`, {
    choice: "opted_in",
    source: "web_form",
    occurred_at: "2026-01-05T10:00:00Z",
  });
  await login(page);
  await page.goto(`/contacts?q=${encodeURIComponent(name)}`);
  await hydrated(page);
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${name}` });
  await expect(toggle).toHaveAttribute("aria-checked", "true");

  const stop = { from: phone, text: "STOP", id: "wamid.stop901", timestamp: Math.floor(Date.now() / 1000) - 2 };
  for (let again = 0; again < 10; again += 1) {
    expect((await emulator.inbound(stop)).webhook_status).toBe(200);
  }
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  const sent = async () => (await emulator.requests()).filter((request) => request.to === phone && request.status === 200);
  await expect.poll(async () => (await sent()).length).toBe(1);

  const refused = await api(application, "POST", "/messages", marketing(phone));
  expect(refused.status).toBe(422);
  expect(refused.body.reason).toBe("opted_out");
  const utility = { to: phone, kind: "utility", template: { name: "order_confirmation", language: "en" } };
  expect((await api(application, "POST", "/messages", utility)).status).toBe(202);
  const service = { to: phone, kind: "service", text: { body: "Your order is on its way." } };
  expect((await api(application, "POST", "/messages", service)).status).toBe(202);
  await expect.poll(async () => (await sent()).length).toBe(3);

  await emulator.inbound({ from: phone, text: "START" });
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect.poll(async () => (await sent()).length).toBe(4);
  const consent = (await api(application, "GET", `/contacts/${contact.id}/consent`)).body;
  expect(consent.events.filter((event: any) => event.kind === "opt_out")).toHaveLength(1);
});

test("the toggle off is one click and the next marketing message is refused @engines", async ({ page, application }) => {
  const phone = "+15550100902";
  const name = "Kim Example";
  const contact = (await api(application, "POST", "/contacts", { phone, name })).body;
  await api(application, "PUT", `/contacts/${contact.id}/consent`, {
    choice: "opted_in",
    source: "web_form",
    occurred_at: "2026-01-05T10:00:00Z",
  });
  await login(page);
  await page.goto(`/contacts?q=${encodeURIComponent(name)}`);
  await hydrated(page);
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${name}` });
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  expect((await api(application, "POST", "/messages", marketing(phone))).body.reason).toBe("opted_out");
});
