import type { PartitionOffsets } from "@inlet/kafka";
import { expect, it } from "vitest";
import { drainOldLane, type DrainPlace } from "./drain-old-lane.ts";

const MOVE = { tenant: "acme", from: "shared", to: "acme" };
const NOW = 1_000_000;
const QUIET_MS = 30_000;

interface Stand {
  readonly fileSays?: string | null;
  readonly lastReceivedAt?: number | null;
  readonly waitingInParsing?: number;
  /** What each group has committed, of ten records in each topic. */
  readonly parsed?: number;
  readonly delivered?: number;
  readonly topics?: readonly string[];
}

/** The file has named the new lane for long enough. */
const SWITCHED: DrainPlace = { switchedAt: NOW - QUIET_MS };

async function look(stand: Stand, place: DrainPlace = SWITCHED, high = 10) {
  const { fileSays = "acme", lastReceivedAt = NOW - QUIET_MS, waitingInParsing = 0 } = stand;
  const { parsed = 10, delivered = 10, topics = ["raw-events", "normalized-events"] } = stand;
  const range: PartitionOffsets = { partition: 0, low: 0n, high: BigInt(high) };
  return drainOldLane(
    {
      admin: {
        topics: async () => [...topics],
        topicOffsets: async () => [range],
        committedOffsets: async (group) => new Map([[0, BigInt(group.startsWith("parser") ? parsed : delivered)]]),
      },
      getLane: () => fileSays,
      remains: async () => ({ lastReceivedAt, waitingInParsing }),
      now: () => NOW,
      quietMs: QUIET_MS,
    },
    MOVE,
    place,
  );
}

it.each([
  ["while the tenant's file names the old lane", { fileSays: "shared" }, "switching", 0],
  ["while this process does not know the tenant", { fileSays: null }, "switching", 0],
  ["while a gateway took mail into the old lane a moment ago", { lastReceivedAt: NOW - 1 }, "switching", 0],
  ["while raw records before the mark are unread", { parsed: 7 }, "parsing", 3],
  ["while mail of the old lane waits in parsing", { waitingInParsing: 2 }, "parsing", 2],
  ["while normalized records before the mark are unread", { delivered: 4 }, "delivering", 6],
  ["when all of it has gone through", {}, "drained", 0],
  ["when the tenant never had mail", { lastReceivedAt: null }, "drained", 0],
  ["when the old lane never had topics", { topics: [], parsed: 0, delivered: 0 }, "drained", 0],
] as const)("%s", async (_, stand, phase, left) => {
  expect(await look(stand)).toMatchObject({ phase, left });
});

it("what comes into the old lane after the marks is not waited for: others' mail goes on there", async () => {
  const { place } = await look({ delivered: 4 });
  expect(await look({ parsed: 10, delivered: 10 }, place, 500)).toMatchObject({ phase: "drained" });
});

it("the file has to name the new lane for as long: a gateway may read it later than this process", async () => {
  const first = await look({ lastReceivedAt: null }, {});
  expect(first).toEqual({ phase: "switching", left: 0, place: { switchedAt: NOW } });
  expect(await look({ lastReceivedAt: null }, { switchedAt: NOW - QUIET_MS + 1 })).toMatchObject({
    phase: "switching",
  });
  expect(await look({ fileSays: "shared" }, SWITCHED)).toMatchObject({ phase: "switching", place: {} });
});

it("an email that a late gateway took sets the marks anew", async () => {
  const marks = { ...SWITCHED, raw: { ends: { 0: 10 }, at: NOW - 100_000 }, normalized: { ends: { 0: 10 } } };
  const late = await look({ lastReceivedAt: NOW - QUIET_MS, parsed: 11 }, marks, 12);
  expect(late).toMatchObject({ phase: "parsing", left: 1, place: { raw: { ends: { 0: 12 }, at: NOW } } });
});
