// What every journey begins with. Specs import `test` and `expect` from here.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect, test as base, type Cookie, type Page } from "@playwright/test";

import { start, type Application } from "./application";
import { Emulator } from "./emulator";

export { expect };

/** Who demo mode lets in. */
export const DEMO_USER = { email: "owner@demo.test", password: "demo-password" };

interface WorkerFixtures {
  /** The server, started once a worker. */
  application: Application;
}

interface Fixtures {
  /** The emulator inside the application. */
  emulator: Emulator;
  /**
   * Console errors that this test provokes, as patterns. Whatever else the browser complains about fails the test:
   * `test.use({ allowedErrors: [/status of 422/] })` or `allowedErrors.push(…)`.
   */
  allowedErrors: RegExp[];
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  application: [
    async ({}, use, worker) => {
      const application = await start(`${worker.project.name}_${worker.workerIndex}`);
      await use(application);
      await application.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  baseURL: async ({ application }, use) => use(application.url),

  emulator: async ({ application }, use) => use(new Emulator(`${application.url}/emulator`)),

  allowedErrors: async ({}, use) => use([]),

  context: async ({ context, allowedErrors, application }, use, info) => {
    const errors: string[] = [];
    context.on("weberror", (error) => errors.push(`page error: ${error.error().stack ?? error.error()}`));
    context.on("console", (message) => {
      if (message.type() === "error") {
        errors.push(`console: ${message.text()} (${message.location().url})`);
      }
    });
    await use(context);
    const unexpected = errors.filter((error) => !allowedErrors.some((allowed) => allowed.test(error)));
    if (info.status !== info.expectedStatus || unexpected.length > 0) {
      await info.attach("server log", { body: application.log(), contentType: "text/plain" });
    }
    expect(unexpected, "what the browser complained about").toEqual([]);
  },
});

/** How many shops were opened: on PostgreSQL the database of each needs a name of its own. */
let shops = 0;

/** Journeys that need the demo as it begins, 1,000 contacts of whom 50 opted out: each gets a server of its own. */
export const testInShop = test.extend<{ shop: Application }>({
  shop: async ({}, use, info) => {
    shops += 1;
    const shop = await start(`shop_${info.project.name}_${shops}`);
    await use(shop);
    if (info.status !== info.expectedStatus) {
      await info.attach("log of the shop", { body: shop.log(), contentType: "text/plain" });
    }
    await shop.stop();
  },

  baseURL: async ({ shop }, use) => use(shop.url),

  emulator: async ({ shop }, use) => use(new Emulator(`${shop.url}/emulator`)),
});

/** Waits until the page is interactive; without JavaScript it is as soon as it is there. */
export async function hydrated(page: Page): Promise<void> {
  if (runsScripts()) {
    await page.locator('html[data-hydrated="true"]').waitFor({ state: "attached" });
  }
}

/** Opens a page and waits until it is interactive. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/** Signs in through the form, as the demo's owner unless told otherwise. */
export async function login(page: Page, user = DEMO_USER): Promise<void> {
  await open(page, "/login");
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
  await hydrated(page);
}

/** The sessions of this worker's application, by address: a worker is a process of its own. */
const sessions = new Map<string, Cookie[]>();

/** Opens a page as somebody who is signed in: by the form the first time, later with the session of that time. */
export async function enter(page: Page, path: string, user = DEMO_USER): Promise<void> {
  const session = sessions.get(user.email);
  if (session) {
    await page.context().addCookies(session);
  } else {
    await login(page, user);
    sessions.set(user.email, await page.context().cookies());
  }
  await open(page, path);
}

/** Holds the program of the pages back until what is returned is called. */
export async function slowLine(page: Page): Promise<() => void> {
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(/\/pkg\/app\..*\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  return arrive;
}

/** Fails on what axe finds wrong with the page as it is now. Needs JavaScript. */
export async function accessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) {
    const axe = await readFile(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
    // Evaluated by the debugger, so the content security policy of the page does not apply.
    await page.evaluate(axe);
  }
  // Colours on their way from one theme to the other are neither's, and what inherits them sets out after them.
  await page.evaluate(async () => {
    const running = () => document.getAnimations().filter((animation) => animation.playState === "running");
    for (let moving = running(); moving.length > 0; moving = running()) {
      await Promise.allSettled(moving.map((animation) => animation.finished));
    }
  });
  const violations = await page.evaluate(async () => {
    // The rows of a long list are alike.
    const context = { include: document, exclude: ["tbody > tr:nth-child(n + 9)", "ol > li:nth-child(n + 9)"] };
    const { violations } = await (window as any).axe.run(context, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map((violation: any) => ({
      rule: violation.id,
      help: violation.help,
      at: violation.nodes.map((node: any) => `${node.target.join(" ")}: ${node.failureSummary}`),
    }));
  });
  expect(violations, `accessibility of ${page.url()}`).toEqual([]);
}

/** The widths and colour schemes in which every page has to look right. */
const LOOKS = [360, 1440].flatMap((width) => (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })));

/** How much of a long page a picture shows. */
const PICTURE_HEIGHT = 2_400;

/** Shows the page as it is small and large, light and dark, to `check`, and takes a picture of each look into `shots/`. */
export async function shoot(page: Page, name: string, check: (look: string) => Promise<void>): Promise<void> {
  const before = page.viewportSize();
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const look = `${name}-${width}-${colorScheme}`;
    await check(look);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.min(height, PICTURE_HEIGHT) });
    await page.screenshot({ path: `shots/${look}.png`, animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) {
    await page.setViewportSize(before);
  }
}

function runsScripts(): boolean {
  return test.info().project.use.javaScriptEnabled !== false;
}
