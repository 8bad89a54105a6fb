import { expect, hydrated, login, test } from "./fixtures";

test("the owner follows the guide's six steps to the Opt-In/Out settings and saves them @nojs", async ({ page }) => {
  await login(page);
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.waitForURL(/settings/);
  await hydrated(page);
  await expect(page.getByText("Application Settings").first()).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Opt-In/Out System" })).toBeVisible();
  for (const label of ["Opt-Out Confirmation Message", "Opt-In Confirmation Message"]) {
    await expect(page.getByLabel(label)).toBeVisible();
  }
  await page
    .getByLabel("Opt-Out Confirmation Message")
    .fill("No more marketing from {{business_name}}. Reply {{opt_in_keyword}} to come back.");
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Opt-In/Out settings saved successfully" })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Opt-Out Confirmation Message")).toHaveValue(/No more marketing/);
});

test("a promotional confirmation is refused and what was typed is kept", async ({ page, allowedErrors }) => {
  allowedErrors.push(/status of 422/);
  await login(page);
  await page.goto("/settings/application/opt-in-out");
  await hydrated(page);
  const typed = "Reply {{opt_in_keyword}} and get 20% off";
  await page.getByLabel("Opt-Out Confirmation Message").fill(typed);
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(page.getByLabel("Opt-Out Confirmation Message")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Opt-Out Confirmation Message")).toHaveValue(typed);
});
