import type { FrameLocator, Page } from "@playwright/test";

import { enter, expect, login, test } from "./fixtures";
import { send, subscriber } from "./rest";

/** The phone beside what the business knows: a page of its own in a frame. */
const phoneOf = (page: Page, name: string): FrameLocator => page.frameLocator(`iframe[title="Phone of ${name}"]`);

/** The bubbles of the conversation. */
const bubbles = (phone: FrameLocator) => phone.getByRole("log").getByRole("listitem");

test("the owner takes a customer's phone, says STOP, reads the confirmation, and comes back by START", async ({ page }) => {
  await login(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Simulator" }).click();
  const people = page.getByRole("navigation", { name: "Whose phone" });
  const chosen = people.getByRole("link").nth(1);
  const name = (await chosen.textContent())!;
  await chosen.click();
  await expect(chosen).toHaveAttribute("aria-current", "page");
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${name}` });
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  const phone = phoneOf(page, name);

  await phone.getByRole("textbox", { name: "Message" }).fill("STOP");
  await phone.getByRole("button", { name: "Send" }).click();
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  const confirmation = bubbles(phone).filter({ hasText: "Demo Shop" }).filter({ hasText: /START/ });
  await expect(confirmation.last()).toBeVisible();
  await expect(page.getByRole("list", { name: "Latest decisions" }).getByRole("listitem").first()).toContainText("STOP");

  // WhatsApp counts in seconds, and of a STOP and a START in the same one the STOP holds.
  const second = () => Math.floor(Date.now() / 1000);
  const stopped = second();
  await expect.poll(second).toBeGreaterThan(stopped);
  await page.getByRole("button", { name: "Send “START”" }).click();
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect(bubbles(phone).filter({ hasText: "START" }).last()).toBeVisible();
  await expect(bubbles(phone).last()).toContainText("Demo Shop");
});

test("a customer who stops offers inside WhatsApp gets none, and their page says that only they can undo it", async ({ page, application }) => {
  const shy = await subscriber(application, "Shy Example");
  await enter(page, `/simulator?with=${encodeURIComponent(shy.phone)}&name=${encodeURIComponent(shy.name)}`);
  const phone = phoneOf(page, shy.name);
  await phone.getByLabel("Menu").click();
  await phone.getByRole("switch", { name: "Stop offers" }).click();
  await expect(phone.getByRole("switch", { name: "Stop offers" })).toHaveAttribute("aria-checked", "true");
  await page.getByRole("link", { name: "Open contact" }).click();
  await expect(page.getByText(/^This person used WhatsApp’s own control to stop offers from you\. Only they can lift it/)).toBeVisible();
  expect((await send(application, shy, "marketing")).body.reason).toBe("native_stop");
});

test("somebody nobody knows yet becomes a contact with their first words", async ({ page }) => {
  await enter(page, "/simulator?with=%2B27821990001&name=Nova");
  await expect(page.getByText("Nobody with this number has written yet.")).toBeVisible();
  await page.getByRole("button", { name: "Send “Hi, what is my order status?”" }).click();
  await expect(bubbles(phoneOf(page, "Nova")).filter({ hasText: "Hi, what is my order status?" })).toBeVisible();
  await expect(page.getByRole("switch", { name: "Marketing messages for Nova" })).toHaveAttribute("aria-checked", "false");
  await expect(page.getByText("Never asked")).toBeVisible();
});
