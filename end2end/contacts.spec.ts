import type { Application } from "./application";
import { expect, hydrated, login, open, test } from "./fixtures";

async function api(application: Application, method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${application.url}/api/v1${path}`, {
    method,
    headers: { authorization: "Bearer demo-api-key", "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return response.json();
}

/** A contact who agreed on a web form. */
async function subscriber(application: Application, phone: string, name: string): Promise<string> {
  const contact = await api(application, "POST", "/contacts", { phone, name });
  await api(application, "PUT", `/contacts/${contact.id}/consent`, {
    choice: "opted_in",
    source: "web_form",
    occurred_at: "2026-01-05T10:00:00Z",
  });
  return contact.id;
}

test("people are found by part of a name and by part of a number", async ({ page, application }) => {
  await subscriber(application, "+27821110001", "Quillon Findable");
  await login(page);
  await open(page, "/contacts");
  for (const part of ["llon find", "1110001"]) {
    await page.getByRole("searchbox").fill(part);
    await page.getByRole("searchbox").press("Enter");
    await expect(page.getByRole("link", { name: "Quillon Findable" })).toBeVisible();
  }
  await page.getByRole("searchbox").fill("nobody has this name");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByText("Nobody matches")).toBeVisible();
});

test("pages follow each other, and the browser's Back leads back", async ({ page }) => {
  await login(page);
  await open(page, "/contacts?sort=name");
  const first = await page.locator("tbody a").first().textContent();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.locator("tbody a").first()).not.toHaveText(first!);
  await page.goBack();
  await expect(page.locator("tbody a").first()).toHaveText(first!);
});

test("the keyboard stays on a person's switch while others arrive, and Space turns it off once", async ({ page, application }) => {
  const id = await subscriber(application, "+27821110002", "Steady Hand");
  await login(page);
  await open(page, "/contacts");
  const toggle = page.getByRole("switch", { name: "Marketing messages for Steady Hand" });
  await toggle.focus();
  await subscriber(application, "+27821110003", "New Arrival");
  await expect(page.getByRole("link", { name: "New Arrival" })).toBeVisible();
  await expect(toggle).toBeFocused();
  await page.keyboard.press("Space");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  const consent = await api(application, "GET", `/contacts/${id}/consent`);
  expect(consent.events.filter((event: any) => event.kind === "opt_out")).toHaveLength(1);
  const arrival = page.getByRole("switch", { name: "Marketing messages for New Arrival" });
  await expect(arrival).toHaveAttribute("aria-checked", "true");
});

test("two quick clicks are one opt-out", async ({ page, application }) => {
  const id = await subscriber(application, "+27821110004", "Double Click");
  await login(page);
  await open(page, `/contacts/${id}`);
  const toggle = page.getByRole("switch", { name: "Marketing messages for Double Click" });
  await toggle.dblclick();
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  const consent = await api(application, "GET", `/contacts/${id}/consent`);
  expect(consent.events.filter((event: any) => event.kind === "opt_out")).toHaveLength(1);
});

test("switching on asks how the person agreed, shows their earlier no, and needs a source", async ({ page, application, emulator, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  const id = await subscriber(application, "+27821110005", "Second Thought");
  await emulator.inbound({ from: "+27821110005", text: "STOP" });
  await login(page);
  await open(page, `/contacts/${id}`);
  const toggle = page.getByRole("switch", { name: "Marketing messages for Second Thought" });
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await toggle.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/Second Thought said no before/)).toBeVisible();
  await dialog.getByRole("button", { name: "Record opt-in" }).click();
  await expect(dialog.getByLabel("How the person agreed")).toHaveAttribute("aria-invalid", "true");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await dialog.getByLabel("How the person agreed").selectOption({ label: "At the till" });
  await dialog.getByRole("button", { name: "Record opt-in" }).click();
  await expect(toggle).toHaveAttribute("aria-checked", "true");
});

test("the same without JavaScript @nojs-only", async ({ page, application }) => {
  const id = await subscriber(application, "+27821110006", "Plain Form");
  await login(page);
  await page.goto(`/contacts/${id}`);
  const toggle = page.getByRole("switch", { name: "Marketing messages for Plain Form" });
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect(page.getByText("The opt-out was recorded")).toBeVisible();
  await toggle.click();
  await expect(page.getByRole("heading", { level: 1, name: "How did Plain Form agree?" })).toBeVisible();
  await page.getByLabel("Their words").fill("Said yes at the fair");
  await page.getByRole("button", { name: "Record opt-in" }).click();
  await expect(page.getByLabel("How the person agreed")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Their words")).toHaveValue("Said yes at the fair");
  await page.getByLabel("How the person agreed").selectOption({ label: "At the till" });
  await page.getByRole("button", { name: "Record opt-in" }).click();
  await expect(page.getByText("The opt-in was recorded")).toBeVisible();
  await expect(toggle).toHaveAttribute("aria-checked", "true");
});

test("a STOP is told in the person's history with its words, its rule and the settings in force", async ({ page, application, emulator }) => {
  const id = await subscriber(application, "+27821110007", "History Reader");
  await login(page);
  await open(page, `/contacts/${id}`);
  await emulator.inbound({ from: "+27821110007", text: "please don't message me anymore" });
  const history = page.getByRole("list", { name: "History" });
  await expect(history.getByText("please don't message me anymore").first()).toBeVisible();
  await expect(history.getByText(/rule: explicit request in English/).first()).toBeVisible();
  await expect(history.getByText(/settings version \d+/).first()).toBeVisible();
  await expect(page.getByText(/Opted out by writing “please don't message me anymore”/)).toBeVisible();
});

test("blocking is not opting out: it stops everything, and can be taken back", async ({ page, application }) => {
  const id = await subscriber(application, "+27821110008", "Blocked Example");
  await login(page);
  await open(page, `/contacts/${id}`);
  await page.getByRole("button", { name: "Block Blocked Example…" }).click();
  await page.getByRole("button", { name: "Block everything" }).click();
  await expect(page.getByText(/This person is blocked/)).toBeVisible();
  const refused = await api(application, "POST", "/messages", {
    to: "+27821110008",
    kind: "utility",
    template: { name: "order_confirmation", language: "en" },
  });
  expect(refused.reason).toBe("blocked");
  await page.getByRole("button", { name: "Unblock" }).click();
  await expect(page.getByText(/This person is blocked/)).toHaveCount(0);
  await expect(page.getByRole("switch", { name: "Marketing messages for Blocked Example" })).toHaveAttribute("aria-checked", "true");
});

test("a number that is none is named, and what was typed is kept @nojs", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await login(page);
  await open(page, "/contacts/new");
  await page.getByLabel("Name").fill("Typo Example");
  await page.getByLabel("Phone number").fill("12");
  await page.getByRole("button", { name: "Add contact" }).click();
  await expect(page.getByLabel("Phone number")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Name")).toHaveValue("Typo Example");
  await hydrated(page);
});
