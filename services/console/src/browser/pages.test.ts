import { ROLES } from "@inlet/domain";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BROWSER_ORIGIN,
  BROWSER_PROBLEM,
  findAccessibilityFaults,
  startBrowser,
  type TestBrowser,
} from "../../testing/browser.ts";
import {
  HOSTILE,
  HOSTILE_EVENT,
  openSeededConsole,
  WRITTEN_EVENT,
  type SeededConsole,
} from "../../testing/seeded-console.ts";
import { SCREENS } from "../screens/index.ts";

const ALL = Object.keys(ROLES).map((role) => ({ role, tenant: "*" }));
const GIVEN: Readonly<Record<string, string>> = { tenant: "acme", eventId: HOSTILE_EVENT, id: "job_1" };

/** A page of each screen, filled with what the seeded console has. */
const PAGES = SCREENS.map(({ path }) => path.replaceAll(/:(\w+)/g, (_, name: string) => GIVEN[name] ?? name));

describe.skipIf(BROWSER_PROBLEM !== null)(
  `pages in Chromium${BROWSER_PROBLEM === null ? "" : `: ${BROWSER_PROBLEM}`}`,
  () => {
    let seeded: SeededConsole;
    let browser: TestBrowser;

    beforeAll(async () => {
      seeded = await openSeededConsole({ origin: BROWSER_ORIGIN });
      await seeded.ledger.auditLog.append({ actor: HOSTILE, action: HOSTILE, detail: { [HOSTILE]: HOSTILE } });
      await seeded.ledger.jobs.create({
        id: "job_1",
        kind: "replay",
        service: "crm-sink",
        lane: "shared",
        name: HOSTILE,
        actor: "ada",
      });
      browser = await startBrowser(seeded);
    });
    afterAll(async () => browser?.close());

    it.each(PAGES)("%s: axe-core finds nothing, nothing runs, no error, no overflow at 320 px", async (path) => {
      const page = await browser.open("ada", ALL);
      const errors: string[] = [];
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("dialog", (dialog) => errors.push(`a dialog: ${dialog.message()}`));
      expect((await page.goto(path))?.status()).toBe(200);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await findAccessibilityFaults(page), colorScheme).toEqual([]);
      }
      await page.setViewportSize({ width: 320, height: 700 });
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      expect(errors).toEqual([]);
      await page.context().close();
    });

    it("keys: / goes to the search box, j and k through the rows, Enter opens, ? lists them", async () => {
      const page = await browser.open("ada", ALL);
      await page.goto("/emails");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/emails/globex/*");
      expect(await page.textContent("h1")).toContain(WRITTEN_EVENT);
      await page.keyboard.press("?");
      expect(await page.textContent("dialog[open]")).toContain("search box");
      await page.keyboard.press("Escape");
      await page.goto("/emails");
      await page.keyboard.press("/");
      await page.keyboard.type("c-77");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/emails/globex/*");
      expect(await page.textContent("main")).toContain(WRITTEN_EVENT);
      await page.context().close();
    });

    it("a sign-in link's button signs in, and signing out ends it", async () => {
      const page = await browser.open("not yet known", []);
      await page.context().clearCookies();
      const link = await seeded.ledger.access.createSignInLink({ actor: "carla@desk", grants: ALL, ttlMs: 600_000 });
      await page.goto(`/sign-in/link/${link}`);
      await page.click("text=Sign in to Inlet");
      await page.waitForURL(`${BROWSER_ORIGIN}/`);
      expect(await page.textContent("header")).toContain("carla@desk");
      await page.click("text=Sign out");
      await page.waitForURL("**/sign-in");
      await page.goto("/emails");
      expect(new URL(page.url()).pathname).toBe("/sign-in");
      await page.context().close();
    });

    it("without script each button works: hold, then let go", async () => {
      const page = await browser.open("ada", ALL, { script: false });
      await page.goto("/tenants");
      await page.click("text=Hold back >> nth=0");
      await page.waitForSelector("text=by ada");
      await page.click("text=Let go >> nth=0");
      await page.waitForSelector("text=Hold back");
      await page.context().close();
    });

    it("two operators who press one button at once make one change, and both see it", async () => {
      const pages = await Promise.all(["ada", "bruno"].map(async (actor) => browser.open(actor, ALL)));
      await Promise.all(pages.map(async (page) => page.goto("/tenants")));
      await Promise.all(pages.map(async (page) => page.click("text=Hold back >> nth=0")));
      await Promise.all(pages.map(async (page) => page.waitForSelector("text=Let go")));
      expect(await seeded.ledger.circuits.listHolds()).toHaveLength(1);
      await Promise.all(pages.map(async (page) => page.context().close()));
    });
  },
);
