import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";
import type { SeededConsole } from "./seeded-console.ts";
import type { Grant } from "@inlet/ledger";

/** What browsers take for this machine, and so trust a Secure cookie of, though it came by http. */
export const BROWSER_ORIGIN = "http://inlet.localhost";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export function findChromium(): string | null {
  return PLACES.find((path) => existsSync(path)) ?? null;
}

const CHROMIUM = findChromium();

/** Why no browser test can run here; null where they can. */
export const BROWSER_PROBLEM = CHROMIUM === null ? "needs Chromium (Debian: apt-get install chromium)" : null;

export interface TestBrowser {
  /** A page that is signed in with these grants. */
  open(actor: string, grants: readonly Grant[], options?: { script?: boolean; width?: number }): Promise<Page>;
  close(): Promise<void>;
}

/** Headless Chromium before a console whose `origin` is {@link BROWSER_ORIGIN}. */
export async function startBrowser(console: SeededConsole): Promise<TestBrowser> {
  await console.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = console.app.server.address() as AddressInfo;
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM ?? "",
    args: ["--no-sandbox", `--host-resolver-rules=MAP inlet.localhost:80 127.0.0.1:${port}`],
  });
  return {
    open: async (actor, grants, { script = true, width = 1200 } = {}) => {
      const context = await browser.newContext({
        javaScriptEnabled: script,
        viewport: { width, height: 800 },
        baseURL: BROWSER_ORIGIN,
      });
      const value = await console.createSession(actor, ...grants);
      await context.addCookies([
        {
          name: "__Host-inlet",
          value,
          domain: "inlet.localhost",
          path: "/",
          secure: true,
          httpOnly: true,
          sameSite: "Lax",
        },
      ]);
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      return page;
    },
    close: async () => {
      await browser.close();
      await console.close();
    },
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong on a page, a line each: rule and element. */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  // Into the page's world by the debugger: the page's CSP stays as it is.
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => ({ violations: violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target.join(' ')) })) }))",
  )) as { violations: { id: string; targets: string[] }[] };
  return violations.flatMap(({ id, targets }) => targets.map((target) => `${id}: ${target}`));
}
