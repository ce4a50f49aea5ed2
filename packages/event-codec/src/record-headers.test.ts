import { expect, it } from "vitest";
import { readRecordHeaders, recordHeaders } from "./record-headers.ts";

const first = { tenant: "demo", eventId: "evt_1", lane: "shared", schema: "RawEvent/1" };

it("writes the names of docs/concepts/protocol.md, section 2, and nothing for what is not known yet", () => {
  const headers = recordHeaders(first);
  expect(headers.map(([name, value]) => [name, value.toString()])).toEqual([
    ["inlet-tenant", "demo"],
    ["inlet-event-id", "evt_1"],
    ["inlet-lane", "shared"],
    ["inlet-schema", "RawEvent/1"],
  ]);
  expect(readRecordHeaders(headers)).toEqual({ ...first, emailKey: null, parsedAt: null, pass: null });
});

it("reads back what it wrote, zero included", () => {
  const all = { ...first, schema: "NormalizedEvent/1", emailKey: "eml_1", parsedAt: 1_764_000_000_123, pass: 0 };
  expect(readRecordHeaders(recordHeaders(all))).toEqual(all);
});

it("takes the first of a repeated name, and null for what is no whole number", () => {
  const headers = [
    ["inlet-pass", Buffer.from("-1")],
    ["inlet-parsed-at", Buffer.from("soon")],
    ["inlet-lane", Buffer.from("acme")],
    ["inlet-lane", Buffer.from("shared")],
  ] as const;
  expect(readRecordHeaders(headers)).toEqual({
    tenant: null,
    eventId: null,
    lane: "acme",
    schema: null,
    emailKey: null,
    parsedAt: null,
    pass: null,
  });
});
