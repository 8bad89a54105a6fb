import { enter, expect, open, test } from "./fixtures";
import { eventsOf, rest, subscriber } from "./rest";

test("a customer stops on their own page with one press, without a login, and comes back the same way @nojs @engines", async ({ page, application }) => {
  const person = await subscriber(application, "Own Page");
  const { body } = await rest(application, "GET", `/contacts/${person.id}/preference-link`);
  const path = new URL(body.url).pathname;
  await page.goto(`${application.url}${path}`);
  await expect(page.getByText("You get news and offers from Demo Shop on WhatsApp.")).toBeVisible();
  await page.reload();
  const state = async () => (await rest(application, "GET", `/contacts/${person.id}`)).body.marketing.state;
  expect(await state(), "looking changes nothing").toBe("opted_in");
  await page.getByRole("button", { name: "Stop news and offers" }).click();
  await expect(page.getByRole("status")).toHaveText("Done. You will get no more news and offers.");
  expect(await state()).toBe("opted_out");
  await expect(page.getByText("You get no news and offers from Demo Shop")).toBeVisible();
  await page.getByRole("button", { name: "Yes, send me news and offers" }).click();
  await expect(page.getByRole("status")).toHaveText("Thank you. Your choice is recorded.");
  expect(await state()).toBe("opted_in");
  const [first, second] = await eventsOf(application, person, "opt_in");
  expect(JSON.stringify([first, second])).toContain("Demo Shop would like to send you");
  await expect(page.getByText("Own Page")).toHaveCount(0);
});

test("mail programs unsubscribe with one request, and a link that is none says so", async ({ page, application, allowedErrors }) => {
  allowedErrors.push(/status of 404/);
  const person = await subscriber(application, "One Click");
  const { body } = await rest(application, "GET", `/contacts/${person.id}/preference-link`);
  const url = `${application.url}${new URL(body.url).pathname}`;
  const done = await fetch(url, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "List-Unsubscribe=One-Click" });
  expect(done.status).toBe(200);
  const { body: contact } = await rest(application, "GET", `/contacts/${person.id}`);
  expect(contact.marketing.state).toBe("opted_out");
  const response = await page.goto(`${url.slice(0, -1)}${url.endsWith("0") ? "1" : "0"}`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work");
});

test("the page of a person names their own page and leads to the conversation @nojs", async ({ page, application }) => {
  const person = await subscriber(application, "Has Link");
  await enter(page, `/contacts/${person.id}`);
  await expect(page.locator(".own-page-link")).toContainText("/p/");
  await page.getByRole("link", { name: "Open the conversation" }).click();
  await expect(page).toHaveURL(new RegExp(`/inbox/${person.id}`));
  await open(page, "/inbox");
});
