// The guide's stories, from the customer's message to what the business may still send.

import { enter, expect, test } from "./fixtures";
import { eventsOf, freshPhone, rest, send, stranger, subscriber } from "./rest";

const DAY = 24 * 3600;

test("a STOP switches the contact off live, is confirmed once, and START brings them back @engines", async ({
  page,
  application,
  emulator,
}) => {
  const robin = await subscriber(application, "Robin Example");
  await enter(page, `/contacts?q=${encodeURIComponent(robin.name)}`);
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${robin.name}` });
  await expect(toggle).toHaveAttribute("aria-checked", "true");

  const stop = { from: robin.phone, text: "STOP", id: "wamid.stop901", timestamp: Math.floor(Date.now() / 1000) - 2 };
  for (let again = 0; again < 10; again += 1) {
    expect((await emulator.inbound(stop)).webhook_status).toBe(200);
  }
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect.poll(async () => (await emulator.textsFor(robin.phone)).length).toBe(1);

  await emulator.writes(robin.phone, "START");
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect.poll(async () => (await emulator.textsFor(robin.phone)).length).toBe(2);
  expect(await eventsOf(application, robin, "opt_out")).toHaveLength(1);
});

test("who opted out and two days later asks for their order is answered, and still gets no offers @engines", async ({
  page,
  application,
  emulator,
}) => {
  const asker = await subscriber(application, "Asker Example");
  await emulator.writes(asker.phone, "STOP", 2 * DAY);
  await enter(page, `/contacts/${asker.id}`);
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${asker.name}` });
  await expect(toggle).toHaveAttribute("aria-checked", "false");

  await emulator.writes(asker.phone, "Hi, what's my order status?");
  const history = page.getByRole("list", { name: "History" }).getByRole("listitem");
  await expect(history.filter({ hasText: "Hi, what's my order status?" })).toBeVisible();
  expect((await send(application, asker, "service")).status).toBe(202);
  await expect.poll(() => emulator.textsFor(asker.phone)).toContain("Your order is on its way.");
  await expect(history.filter({ hasText: "Your order is on its way." })).toContainText(/Delivered|Read/);

  await emulator.writes(asker.phone, "And when will it be here?");
  await expect(history.filter({ hasText: "And when will it be here?" })).toBeVisible();
  expect((await send(application, asker, "service")).status).toBe(202);
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  expect((await send(application, asker, "marketing")).body.reason).toBe("opted_out");
});

test("who opted out and buys something hears of their order, and of no related products @engines", async ({
  page,
  application,
  emulator,
}) => {
  const buyer = await subscriber(application, "Buyer Example");
  await emulator.writes(buyer.phone, "STOP", DAY);
  await enter(page, `/contacts/${buyer.id}`);
  for (const _ of ["order confirmation", "shipping update", "delivery confirmation"]) {
    expect((await send(application, buyer, "utility")).status).toBe(202);
  }
  const updates = async () => (await emulator.takenFor(buyer.phone)).filter((request) => request.body.type === "template");
  await expect.poll(async () => (await updates()).length).toBe(3);
  const delivered = page.getByRole("list", { name: "History" }).getByRole("listitem").filter({ hasText: "Thank you for your order" });
  await expect(delivered.filter({ hasText: /Delivered|Read/ })).toHaveCount(3);

  const refused = await send(application, buyer, "marketing");
  expect(refused.status).toBe(422);
  expect(refused.body.reason).toBe("opted_out");
  expect((await updates()).map((request) => request.body.template.name)).not.toContain("spring_sale");
});

test("the toggle off is one click and the next marketing message is refused @engines", async ({ page, application }) => {
  const kim = await subscriber(application, "Kim Example");
  expect((await send(application, kim, "marketing")).status).toBe(202);
  await enter(page, `/contacts?q=${encodeURIComponent(kim.name)}`);
  const toggle = page.getByRole("switch", { name: `Marketing messages for ${kim.name}` });
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  expect((await send(application, kim, "marketing")).body.reason).toBe("opted_out");
});

/** How somebody comes into each state, before they ask for help. */
const STATES = {
  unknown: [],
  opted_in: [],
  opted_out: ["STOP"],
  held: ["not interested"],
  pending: ["START"],
} as const;

for (const [state, words] of Object.entries(STATES)) {
  test(`who is ${state} and writes HELP is answered, and stays ${state}`, async ({ application, emulator }) => {
    const needy = await (state === "unknown" || state === "pending" ? stranger : subscriber)(application, `Needy ${state}`);
    for (const word of words) {
      await emulator.writes(needy.phone, word, 2);
    }
    const marketing = async () => (await rest(application, "GET", `/contacts/${needy.id}`)).body.marketing.state;
    expect(await marketing()).toBe(state);
    // The same words as for whom nothing else is known of.
    const reference = await stranger(application, "Reference Example");
    for (const phone of [reference.phone, needy.phone]) {
      await emulator.writes(phone, "HELP");
    }
    await expect.poll(() => emulator.textsFor(reference.phone)).toHaveLength(1);
    const answers = await emulator.textsFor(reference.phone);
    await expect.poll(() => emulator.textsFor(needy.phone)).toEqual(expect.arrayContaining(answers));
    expect(await marketing()).toBe(state);
  });
}

test("who was never seen before and writes STOP is known, and off, at once @engines", async ({ page, emulator }) => {
  const phone = freshPhone();
  await enter(page, "/contacts");
  await emulator.inbound({ from: phone, name: "First Contact", text: "STOP" });
  const toggle = page.getByRole("switch", { name: "Marketing messages for First Contact" });
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect(page.getByRole("row", { name: "First Contact" })).toContainText("Opted out");
});
