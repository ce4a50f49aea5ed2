import path from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./browser.ts";

/**
 * Makes the pictures of README and guide from a running Inlet: `node services/console/testing/take-screenshots.ts LINK`, with a link of
 * `npx inlet console link` and the demo's mail in it (`npx inlet samples`).
 */
const OUT = path.resolve(import.meta.dirname, "../../../docs/guides");
const SIZE = { width: 1200, height: 820 };

const [link = ""] = process.argv.slice(2);
const executablePath = findChromium();
if (!URL.canParse(link) || executablePath === null) {
  process.stderr.write("take-screenshots LINK: a sign-in link of `npx inlet console link`; needs Chromium\n");
  process.exit(2);
}
const { origin } = new URL(link);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
  await page.goto(link);
  await page.click("button");
  await page.waitForURL(`${origin}/**`);
  const take = async (name: string, address: string): Promise<void> => {
    await page.goto(origin + address);
    await page.screenshot({ path: path.join(OUT, `console-${name}.png`) });
    process.stdout.write(`console-${name}.png  ${address}\n`);
  };
  // The first count of all emails takes a moment after the start.
  for (;;) {
    await page.goto(origin);
    if (!(await page.content()).includes("Counting for the first time")) break;
    await page.waitForTimeout(1000);
  }
  await take("overview", "/");
  await page.goto(`${origin}/emails?state=written`);
  await take("email", (await page.getAttribute("tbody a[href^='/emails/']", "href")) ?? "/emails");
  await take("dead-letters", "/dead-letters");
  await take("jobs", "/jobs");
} finally {
  await browser.close();
}
