import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { enter, expect, test } from "./fixtures";
import { subscriber } from "./rest";

test("another system hears of a stop, signed with the secret that was shown once @nojs @engines", async ({ page, application, emulator }) => {
  const heard: { headers: Record<string, any>; body: string }[] = [];
  const other = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      heard.push({ headers: request.headers, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/hooks`;
  try {
    await enter(page, "/settings/api");
    await page.getByLabel("Address").fill("http://shop.example/");
    await page.getByRole("checkbox", { name: /contact.opted_out/ }).check();
    await page.getByRole("button", { name: "Add webhook" }).click();
    await expect(page.getByText("The address must begin with https://.")).toBeVisible();
    await page.getByLabel("Address").fill(url);
    await page.getByRole("checkbox", { name: /contact.opted_out/ }).check();
    await page.getByRole("button", { name: "Add webhook" }).click();
    const secret = (await page.locator("code.secret").innerText()).trim();
    expect(secret).toMatch(/^whsec_/);
    await page.reload();
    await expect(page.locator("code.secret")).toHaveCount(0);

    const person = await subscriber(application, "Told Elsewhere");
    await emulator.writes(person.phone, "STOP");
    await expect.poll(() => heard.length).toBe(1);
    const { headers, body } = heard[0]!;
    expect(JSON.parse(body)).toMatchObject({ type: "contact.opted_out", data: { contact_id: person.id, phone: person.phone } });
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);

    await page.reload();
    await page.locator("summary", { hasText: "Last deliveries" }).click();
    await expect(page.getByText("Delivered", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Send again" }).click();
    await expect.poll(() => heard.length).toBe(2);
    expect(heard[1]!.headers["webhook-id"]).toBe(headers["webhook-id"]);
    await page.getByRole("button", { name: `Remove ${url}` }).click();
    await expect(page.getByText("No other system listens")).toBeVisible();
  } finally {
    other.close();
  }
});
