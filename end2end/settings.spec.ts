import { enter, expect, login, open, test } from "./fixtures";
import { subscriber } from "./rest";

test("a link and a code are made for a word, to join and to leave @nojs @engines", async ({ page }) => {
  await enter(page, "/settings/links");
  const link = page.locator("a[href^='https://wa.me/']");
  await expect(link).toHaveAttribute("href", /text=START$/);
  const first = await page.locator(".qr-squares").getAttribute("d");
  await page.getByRole("link", { name: "STOP", exact: true }).click();
  await expect(link).toHaveAttribute("href", /text=STOP$/);
  await expect(page.getByRole("heading", { name: "Opens a chat with “STOP” typed" })).toBeVisible();
  expect(await page.locator(".qr-squares").getAttribute("d")).not.toBe(first);
  const file = await page.request.get(`/settings/links/qr.svg?keyword=STOP`);
  expect(file.headers()["content-type"]).toBe("image/svg+xml");
  expect(await file.text()).toContain(await page.locator(".qr-squares").getAttribute("d"));
  expect((await page.request.get("/settings/links/qr.svg?keyword=PIZZA")).status()).toBe(404);
});

test("an answer is saved, changed, used in the inbox, and removed @nojs", async ({ page, application, emulator, allowedErrors }, info) => {
  allowedErrors.push(/status of 422/);
  const title = `Hours ${info.project.name}`;
  await enter(page, "/settings/replies");
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByLabel("Text", { exact: true }).fill("Hello {{name}}, we are open until six.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("row", { name: new RegExp(title) })).toContainText("until six");
  await page.getByLabel("Title", { exact: true }).fill(title.toUpperCase());
  await page.getByLabel("Text", { exact: true }).fill("Another text");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("There is one with this name already", { exact: false }).first()).toBeVisible();
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Another text");
  await open(page, "/settings/replies");
  await page.getByRole("link", { name: `Edit ${title}` }).click();
  await expect(page.getByLabel("Title", { exact: true })).toHaveValue(title);
  await page.getByLabel("Text", { exact: true }).fill("Hello {{name}}, we are open until seven.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("row", { name: new RegExp(title) })).toContainText("until seven");

  const ana = await subscriber(application, "Ana Hours");
  await emulator.writes(ana.phone, "How long are you open?", 5);
  await open(page, "/inbox");
  await page.getByRole("link", { name: /Ana Hours/ }).click();
  await page.getByText("Saved replies", { exact: true }).click();
  await page.getByRole("link", { name: title, exact: true }).click();
  const field = page.getByRole("textbox", { name: /^Answer to/ });
  await expect(field).toHaveValue("Hello Ana Hours, we are open until seven.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => emulator.textsFor(ana.phone)).toContain("Hello Ana Hours, we are open until seven.");

  await open(page, "/settings/replies");
  await page.getByRole("button", { name: `Remove ${title}` }).click();
  await expect(page.getByRole("row", { name: new RegExp(title) })).toHaveCount(0);
});

test("what people did is listed by who and what @nojs @engines", async ({ page, application }) => {
  await enter(page, "/settings/api");
  await page.getByLabel("Name", { exact: true }).first().fill("Audited");
  await page.getByRole("button", { name: "Create key", exact: true }).click();
  await expect(page.locator("code.secret")).toBeVisible();
  await open(page, "/settings/audit");
  await expect(page.getByRole("row", { name: /made an API key/ }).first()).toContainText("owner@demo.test");
  await page.getByLabel("What", { exact: true }).selectOption("logged_in");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("row", { name: /logged in/ }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /made an API key/ })).toHaveCount(0);
  await page.getByLabel("What", { exact: true }).selectOption("second_factor_on");
  await page.getByLabel("Who", { exact: true }).selectOption({ label: "owner@demo.test" });
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByText("Nobody has done anything of this kind yet.")).toBeVisible();
  const { account } = await import("./application");
  const agent = await account(application, "agent", "audit");
  await page.context().clearCookies();
  await login(page, agent);
  await open(page, "/settings/team");
  await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(0);
});
