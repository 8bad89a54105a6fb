import { expect, hydrated, login, test } from "./fixtures";

test("what is typed, unticked and added before the program arrives is kept and saved", async ({ page }) => {
  await login(page);
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(/\/pkg\/app\..*\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/settings/application/opt-in-out");
  await page.getByLabel("Help Answer").fill("Typed early by {{business_name}}: reply {{opt_out_keyword}} to stop.");
  await page.getByLabel(/Answer a repeated opt-out/).uncheck();
  arrive();
  await hydrated(page);
  await expect(page.getByLabel("Help Answer")).toHaveValue(/^Typed early/);
  await expect(page.getByLabel(/Answer a repeated opt-out/)).not.toBeChecked();
  await page.getByRole("button", { name: "Save Changes" }).click();
  await expect(page.getByRole("status").filter({ hasText: "saved successfully" })).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel("Help Answer")).toHaveValue(/^Typed early/);
  await expect(page.getByLabel(/Answer a repeated opt-out/)).not.toBeChecked();
});
