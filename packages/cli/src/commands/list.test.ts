import { expect, test } from "vitest";
import { UsageError } from "../context.ts";
import { parseFilter } from "./list.ts";

const NOW = Date.UTC(2026, 10, 30, 12);
const PLACE = { receivedAt: 1_764_504_000_000, eventId: "evt_0123456789abcdef0123456789abcdef" };
const CURSOR = `${PLACE.receivedAt}-${PLACE.eventId}`;

test.each([
  [{}, { limit: 50 }],
  [
    { tenant: "acme", limit: "7" },
    { tenant: "acme", limit: 7 },
  ],
  [{ state: "dead-lettered" }, { state: "dead_lettered" }],
  [{ state: "dead_lettered" }, { state: "dead_lettered" }],
  [{ since: "30m" }, { since: NOW - 1_800_000 }],
  [{ since: "7d" }, { since: NOW - 604_800_000 }],
  [{ since: "2026-11-30T08:00:00Z" }, { since: Date.UTC(2026, 10, 30, 8) }],
  [{ domain: "Customer.Example" }, { domain: "customer.example" }],
  [{ domain: "Bücher.example" }, { domain: "xn--bcher-kva.example" }],
  [{ domain: "ana@customer.example" }, { domain: "customer.example" }],
  [{ after: CURSOR }, { from: { way: "after", place: PLACE } }],
  [{ before: CURSOR }, { from: { way: "before", place: PLACE } }],
])("inlet list %j", (options, expected) => {
  expect(parseFilter({ limit: "50", ...options }, NOW)).toMatchObject(expected);
});

test.each([
  { limit: "0" },
  { limit: "1e9" },
  { limit: "x" },
  { state: "sent" },
  { since: "yesterday" },
  { domain: "no domain" },
  { after: "evt_1" },
  { after: CURSOR, before: CURSOR },
])("inlet list %j makes no sense, and says so", (options) => {
  expect(() => parseFilter({ limit: "50", ...options }, NOW)).toThrow(UsageError);
});
