import { describe, expect, it } from "vitest";
import { findEvidence, type Backlog, type OpenRow } from "./delivery-guarantee.ts";

const backlog = new Map<string, Backlog>([
  ["raw-events/0", { low: 2, high: 10, committed: 5 }],
  ["normalized-events/0", { low: 0, high: 10, committed: null }],
]);

describe("evidence that a row is in flight", () => {
  it.each([
    ["accepted, its record not committed yet", { state: "accepted", raw: at("raw-events", 5) }, "unread record"],
    [
      "accepted, its record committed: it will not be read again",
      { state: "accepted", raw: at("raw-events", 4) },
      null,
    ],
    ["accepted, its record expired before it was read", { state: "accepted", raw: at("raw-events", 1) }, null],
    ["accepted, a record that never was", { state: "accepted", raw: at("raw-events", 10) }, null],
    [
      "parsed, the sink has committed nothing yet",
      { state: "parsed", normalized: at("normalized-events", 0) },
      "unread record",
    ],
    ["parsed, but without a normalized record", { state: "parsed", raw: at("raw-events", 9) }, null],
    ["delivering, committed, under a live lease", { state: "delivering", hasLiveLease: true }, "live lease"],
    ["delivering with nothing", { state: "delivering" }, null],
    ["waiting with its row", { state: "waiting", hasWaitingRow: true }, "waiting row"],
    [
      "waiting, its row deleted, though its record could be read again",
      { state: "waiting", normalized: at("normalized-events", 3) },
      null,
    ],
    ["an unknown partition", { state: "accepted", raw: { topic: "raw-events", partition: 7, offset: 3 } }, null],
  ])("%s", (_what, row, expected) => {
    expect(findEvidence({ ...empty, ...row }, backlog)).toBe(expected);
  });
});

const empty: OpenRow = {
  state: "",
  hasWaitingRow: false,
  hasLiveLease: false,
  raw: null,
  normalized: null,
};

function at(topic: string, offset: number) {
  return { topic, partition: 0, offset };
}
