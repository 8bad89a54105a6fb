import { createHmac } from "node:crypto";

import { enter, expect, hydrated, login, open, test } from "./fixtures";

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

/** The code an authenticator app shows now (RFC 6238: SHA-1, six digits, thirty seconds). */
function authenticator(secret: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const offset = digest[digest.length - 1]! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a second factor is set up with an app, asked for at the login, and turned off again @nojs @engines", async ({ page, application, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  const { account } = await import("./application");
  const me = await account(application, "agent", "factor");
  await login(page, me);
  await open(page, "/settings/team");
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await expect(page.getByRole("img", { name: /^QR code/ })).toBeVisible();
  const secret = await page.locator("code.secret").innerText();
  await page.getByLabel("The code it shows").fill("000000");
  await page.getByRole("button", { name: "Turn on", exact: true }).click();
  await expect(page.getByText("The code is not right")).toBeVisible();
  expect(await page.locator("code.secret").innerText()).toBe(secret);
  await page.getByLabel("The code it shows").fill(authenticator(secret));
  await page.getByRole("button", { name: "Turn on", exact: true }).click();
  await expect(page.getByText("Your second factor is on")).toBeVisible();
  const recovery = await page.locator(".recovery-codes code").allInnerTexts();
  expect(recovery).toHaveLength(10);
  await page.reload();
  await expect(page.locator(".recovery-codes code")).toHaveCount(0);
  await expect(page.getByText("It is on", { exact: false })).toBeVisible();

  await page.context().clearCookies();
  await open(page, "/login");
  await page.getByLabel("Email").fill(me.email);
  await page.getByLabel("Password").fill(me.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(/login\/code/);
  await hydrated(page);
  // The password alone opens nothing.
  const other = await page.context().newPage();
  await other.goto("/contacts");
  await expect(other).toHaveURL(/\/login/);
  await other.close();
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("This code is not right").first()).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill(recovery[0]!);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));

  await open(page, "/settings/team");
  await page.getByText("Turn off…", { exact: true }).click();
  const form = page.locator("form", { has: page.getByRole("button", { name: "Turn off the second factor", exact: true }) });
  await form.getByLabel("Current password").fill(me.password);
  await form.getByLabel("A code, or a recovery code").fill(recovery[1]!);
  await form.getByRole("button").click();
  await expect(page.getByText("Your second factor is off")).toBeVisible();
});
