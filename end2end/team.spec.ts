import { enter, expect, login, open, test } from "./fixtures";

test("a colleague is invited, joins by the link, is given another role, and leaves @nojs @engines", async ({ page, application, browser }) => {
  await enter(page, "/settings/team");
  await page.getByLabel("Email", { exact: true }).fill("ana@shop.example");
  await page.locator("form", { has: page.getByRole("button", { name: "Make a link" }) }).getByLabel("Role", { exact: true }).selectOption("agent");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = (await page.locator("code.secret").innerText()).trim();
  expect(new URL(link).pathname).toBe("/join");
  await expect(page.getByRole("list", { name: "Invited, not joined yet" }).getByText("ana@shop.example")).toBeVisible();
  await page.reload();
  await expect(page.locator("code.secret")).toHaveCount(0);

  const context = await browser.newContext({ baseURL: application.url });
  const other = await context.newPage();
  await open(other, new URL(link).pathname + new URL(link).search);
  await expect(other.getByText("Demo Shop invites you to WhatsCloud.")).toBeVisible();
  await other.getByLabel("Password").fill("a sentence to remember");
  await other.getByRole("button", { name: "Join" }).click();
  await other.waitForURL(/inbox/);
  await open(other, "/settings/team");
  await expect(other.getByRole("button", { name: "Make a link" })).toHaveCount(0);
  const again = await context.newPage();
  await open(again, new URL(link).pathname + new URL(link).search);
  await expect(again.getByText("This link does not work any more")).toBeVisible();

  await open(page, "/settings/team");
  await page.getByLabel("Role of ana@shop.example", { exact: true }).selectOption("viewer");
  await page.getByRole("button", { name: "Set the role of ana@shop.example" }).click();
  await expect(page.getByText("The role is changed")).toBeVisible();
  await page.getByLabel("Role of owner@demo.test", { exact: true }).selectOption("admin");
  await page.getByRole("button", { name: "Set the role of owner@demo.test" }).click();
  await expect(page.getByText("There must be an owner.")).toBeVisible();
  await page.locator("tr", { hasText: "ana@shop.example" }).getByText("Remove…").click();
  await page.getByRole("button", { name: "Remove ana@shop.example" }).click();
  await expect(page.getByText("They cannot sign in any more")).toBeVisible();
  await other.goto("/inbox");
  await expect(other).toHaveURL(/login/);
  await context.close();
});

test("a new password is asked for with the old one, and ends other sessions @nojs", async ({ page, application, browser }) => {
  const { account } = await import("./application");
  const me = await account(application, "agent", "new-password");
  await login(page, me);
  const context = await browser.newContext({ baseURL: application.url });
  const elsewhere = await context.newPage();
  await login(elsewhere, me);
  await open(page, "/settings/team");
  await page.getByLabel("Current password").fill("not it at all");
  await page.getByLabel("New password").fill("another long sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The current password is wrong.")).toBeVisible();
  await page.getByLabel("Current password").fill(me.password);
  await page.getByLabel("New password").fill("another long sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await elsewhere.goto("/contacts");
  await expect(elsewhere).toHaveURL(/login/);
  await context.close();
});
