import { defineConfig, devices } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  // One browser and one server at a time: the journeys share a database, and a small machine.
  workers: 1,
  forbidOnly: true,
  reporter: [["list"]],
  timeout: 30_000,
  expect: { timeout: 5_000 },
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.WHATSCLOUD_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    // Everything but what describes the page without JavaScript only.
    { name: "js", grepInvert: /@nojs-only\b/ },
    // Journeys tagged @nojs or @nojs-only.
    { name: "nojs", grep: /@nojs(-only)?\b/, use: { javaScriptEnabled: false } },
  ],
});
