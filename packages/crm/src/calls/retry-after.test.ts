import { describe, expect, it } from "vitest";
import { toExchangeFault as hubSpotFault } from "../hubspot/client/faults.ts";
import { toExchangeFault as httpFault } from "../http/faults.ts";
import { toExchangeFault as oauthFault } from "../oauth/faults.ts";
import { toExchangeFault as odooFault } from "../odoo/faults.ts";
import type { CallFault } from "../port.ts";
import { MOST_RETRY_AFTER_MS, retryAfter, untilMidnight } from "./retry-after.ts";

const NOW = Date.UTC(2026, 10, 30, 12, 0, 0);
const MOST = MOST_RETRY_AFTER_MS;

describe("L4: what a Retry-After asks for is read strictly, and capped", () => {
  it.each([
    ["seconds", "120", 120_000],
    ["a part of a second", "0.5", 500],
    ["nought", "0", 0],
    ["blanks around", " 7 ", 7_000],
    ["a date", "Mon, 30 Nov 2026 12:02:00 GMT", 120_000],
    ["a date that is over", "Mon, 30 Nov 2026 11:00:00 GMT", 0],
    ["more than the most", "901", MOST],
    ["thirty years", "999999999", MOST],
    ["more digits than a number holds", "9".repeat(400), MOST],
    ["the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT", MOST],
    ["a negative number", "-5", undefined],
    ["an exponent", "1e9", undefined],
    ["hexadecimal", "0x10", undefined],
    ["a unit", "120 seconds", undefined],
    ["two values", "120, 60", undefined],
    ["a bare year", "2099", MOST],
    ["an ISO date", "2099-01-01T00:00:00Z", undefined],
    ["a date without a time", "Fri, 31 Dec 9999", undefined],
    ["a date that does not exist", "Fri, 99 Foo 9999 99:99:99 GMT", undefined],
    ["nothing", "", undefined],
    ["words", "soon", undefined],
  ])("%s", (_, value, ms) => {
    expect(retryAfter({ "retry-after": value }, undefined, NOW)).toBe(ms);
  });

  it("a date counts from the answer's own clock, wherever this machine's stands", () => {
    const headers = { "retry-after": "Mon, 30 Nov 2026 12:02:00 GMT", date: "Mon, 30 Nov 2026 12:00:00 GMT" };
    for (const off of [-300_000, 0, 300_000]) expect(retryAfter(headers, undefined, NOW + off)).toBe(120_000);
  });

  it.each([
    ["hubspot", hubSpotFault],
    ["odoo", odooFault],
    ["http", httpFault],
    ["oauth", oauthFault],
  ] as const)("no answer of %s makes its mail wait longer", (_, readFault: typeof hubSpotFault | typeof oauthFault) => {
    for (const status of [401, 403, 408, 425, 429, 477, 500, 503])
      for (const value of ["999999999", "Fri, 31 Dec 9999 23:59:59 GMT"]) {
        const headers = { "retry-after": value, "x-hubspot-ratelimit-interval-milliseconds": "1e300" };
        const fault: CallFault = readFault({ kind: "answer", status, headers, text: "" }, true);
        if (fault.kind === "outage") expect(fault.retryAfterMs ?? 0).toBeLessThanOrEqual(MOST);
      }
  });

  it("a rate limit whose interval has no end waits the most, and one without a number ten seconds", () => {
    const wait = (interval: string): unknown =>
      hubSpotFault(
        { kind: "answer", status: 429, headers: { "x-hubspot-ratelimit-interval-milliseconds": interval }, text: "" },
        true,
      );
    expect(wait("1e300")).toMatchObject({ retryAfterMs: MOST });
    expect(wait("soon")).toMatchObject({ retryAfterMs: 10_000 });
  });

  it("only a daily quota that HubSpot names as such may last until midnight", () => {
    const daily = (policyName: string): CallFault =>
      hubSpotFault(
        {
          kind: "answer",
          status: 429,
          headers: { "retry-after": "999999" },
          text: JSON.stringify({ status: "error", policyName, correlationId: "1" }),
        },
        true,
      );
    const named = daily("DAILY");
    expect(named.kind === "outage" ? named.retryAfterMs : null).toBeLessThanOrEqual(86_400_000);
    expect(named.kind === "outage" ? named.retryAfterMs : null).toBeGreaterThanOrEqual(untilMidnight() - 1_000);
    expect(daily("SECONDLY")).toMatchObject({ retryAfterMs: MOST });
    expect(untilMidnight(NOW)).toBe(12 * 3_600_000);
  });
});
