import type { KafkaRecord } from "@inlet/kafka";
import type { TryEnd } from "@inlet/ledger";
import { describe, expect, it } from "vitest";
import type { ParserDeps } from "../intake/incoming-delivery.ts";
import { endParse } from "./finish-parse.ts";

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);

/** L4: an email that waits in parsing ends at its tenant's maxAge, not at the next try after it. */
describe("an email that waits in parsing", () => {
  it.each([
    { waited: "not yet", since: null, delayMs: 60_000, waits: 60_000 },
    { waited: "for most of its maxAge", since: NOW - HOUR_MS + 5_000, delayMs: 600_000, waits: 5_000 },
    { waited: "by a clock that was ahead", since: NOW + 5_000, delayMs: 600_000, waits: 600_000 },
    { waited: "not yet, and asked for longer than maxAge", since: null, delayMs: 9 * HOUR_MS, waits: HOUR_MS },
  ])("and has waited $waited is due again in time", async ({ since, delayMs, waits }) => {
    expect(await end(since, delayMs)).toMatchObject({ state: "waiting", delayMs: waits });
  });

  it.each([HOUR_MS, HOUR_MS + 1, 400 * 24 * HOUR_MS])("and has waited for %i ms is too old", async (waited) => {
    expect(await end(NOW - waited, 600_000)).toMatchObject({ state: "dead_lettered", reason: "too_old" });
  });
});

/** How a retry ends of an email that has waited since then, where mail may wait for an hour. */
async function end(since: number | null, delayMs: number): Promise<TryEnd["to"] | undefined> {
  let to: TryEnd["to"] | undefined;
  const deps = {
    now: () => NOW,
    reach: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    codec: { encode: async () => Buffer.alloc(0) },
    producer: { send: async () => ({ topic: "dlq", partition: 0, offset: 0n }) },
    ledger: { finish: async (ended: TryEnd) => void (to = ended.to) },
  } as unknown as ParserDeps;
  const record: KafkaRecord = {
    topic: "raw-events",
    partition: 0,
    offset: 0n,
    timestamp: NOW,
    key: null,
    value: Buffer.from("x"),
    headers: [],
  };
  const ids = { tenant: "acme", eventId: "evt_1", lane: "shared", pass: 0, attempt: 0, receivedAt: NOW };
  await endParse(
    deps,
    record,
    { ...ids, since, maxAgeMs: HOUR_MS },
    { kind: "retry", code: "away", attempt: false, delayMs },
  );
  return to;
}
