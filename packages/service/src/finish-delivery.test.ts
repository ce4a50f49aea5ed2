import type { NewRecord } from "@inlet/kafka";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import type { AttemptResult } from "@inlet/ledger";
import { DLQ_HEADER } from "@inlet/schemas";
import { metricsRegistry } from "@inlet/telemetry";
import { describe, expect, it } from "vitest";
import type { Disposition } from "./disposition.ts";
import { finishDelivery } from "./finish-delivery.ts";
import { UNTOUCHED, type FinishedDelivery } from "./finished-delivery.ts";

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);
const DEAD: Disposition = { kind: "deadLetter", reason: "crm_rejected", step: "contact", detail: "http:422" };
const codec = createCodec({ registry: createLocalSchemaIds() });

async function finish(disposition: Disposition, change: Partial<FinishedDelivery> = {}) {
  const order: string[] = [];
  const letters: NewRecord[] = [];
  const ends: AttemptResult[] = [];
  const deps = {
    codec,
    now: () => NOW,
    failpoint: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    producer: {
      send: async (record: NewRecord) => {
        order.push("dead letter");
        letters.push(record);
        return { topic: record.topic, partition: 0, offset: 7n };
      },
    },
    ledger: {
      deliveries: {
        finish: async (end: AttemptResult) => {
          order.push("ledger");
          ends.push(end);
        },
      },
    },
  };
  const delivery: FinishedDelivery = {
    ...UNTOUCHED,
    service: "crm-sink",
    stage: "deliver",
    tenant: "acme",
    eventId: "evt_1",
    lane: "shared",
    record: {
      topic: "normalized-events",
      partition: 0,
      offset: 1n,
      timestamp: NOW,
      key: null,
      value: Buffer.from("x"),
      headers: [],
    },
    parsedAt: 5,
    pass: 2,
    attempts: { crm: 3 },
    since: NOW - 60_000,
    receivedAt: NOW - 90_000,
    maxAgeMs: HOUR_MS,
    ...change,
  };
  await finishDelivery(deps, delivery, disposition);
  const headers = new Map(letters[0]?.headers?.map(([name, value]) => [name, value?.toString()]));
  const [end] = ends;
  const told =
    end !== undefined && end.to.state !== "waiting" ? await codec.decode("Outcome", end.to.outbox.value) : null;
  return { order, end, to: end?.to, headers, told };
}

async function count(name: string, labels: Record<string, string>): Promise<number> {
  const metric = await metricsRegistry.getSingleMetric(name)?.get();
  const found = metric?.values.find((each) =>
    Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  );
  return found?.value ?? 0;
}

describe("a dead letter", () => {
  it.each(["crm-sink", "parser"] as const)(
    "of %s is counted, and written before the ledger knows of it",
    async (service) => {
      const labels = { service, step: "contact", reason: "crm_rejected" };
      const before = await count("inlet_dead_letters_total", labels);
      const { order, to } = await finish(DEAD, { service });
      expect(order).toEqual(["dead letter", "ledger"]);
      expect(to).toMatchObject({ state: "dead_lettered", reason: "crm_rejected", deadLetter: { offset: 7n } });
      expect(await count("inlet_dead_letters_total", labels)).toBe(before + 1);
    },
  );

  it("says how often it was tried, since when, and when the gateway took it", async () => {
    const { headers, told, end } = await finish(DEAD, { attempts: { crm: 3, unexpected: 1 } });
    expect(headers.get(DLQ_HEADER.attempts)).toBe("5");
    expect(headers.get(DLQ_HEADER.firstFailure)).toBe(String(NOW - 60_000));
    expect(told).toMatchObject({ attempts: 5, pass: 2, receivedAt: NOW - 90_000, endedAt: NOW });
    expect(end).toMatchObject({ attempt: 4, pass: 2 });
  });
});

describe("attempts", () => {
  it.each([
    ["of a CRM's fault", "crm", { crm: 4 }, 4],
    ["of our own code's, beside the CRM's", "unexpected", { crm: 3, unexpected: 1 }, 4],
    ["of none", null, { crm: 3 }, 3],
  ] as const)("%s", async (_, attempt, attempts, sum) => {
    const { end } = await finish({ kind: "retry", code: "c", attempt, delayMs: 1_000 });
    expect(end).toMatchObject({ attempt: sum, attempts, to: { state: "waiting", kind: "retry", delayMs: 1_000 } });
  });

  it("are kept while it is parked", async () => {
    const { end } = await finish({ kind: "park", code: "circuit_open", delayMs: 1_000 });
    expect(end).toMatchObject({ attempts: { crm: 3 }, to: { kind: "parked" } });
  });
});

/** L4: a delivery ends at its tenant's maxAge, not at the next try after it. */
describe("what waits", () => {
  it.each([
    ["not yet", null, 60_000, 60_000],
    ["for most of its maxAge", NOW - HOUR_MS + 5_000, 600_000, 5_000],
    ["by a clock that was ahead", NOW + 5_000, 600_000, 600_000],
    ["not yet, and asked for longer than maxAge", null, 9 * HOUR_MS, HOUR_MS],
  ])("and has waited %s is due again in time", async (_, since, delayMs, waits) => {
    for (const stage of ["parse", "deliver"] as const) {
      const { to } = await finish({ kind: "park", code: "away", delayMs }, { since, stage });
      expect(to).toMatchObject({ state: "waiting", delayMs: waits });
    }
  });

  it.each([HOUR_MS, HOUR_MS + 1, 400 * 24 * HOUR_MS])("and has waited for %i ms is too old", async (waited) => {
    for (const kind of ["park", "retry"] as const) {
      const disposition = { kind, code: "away", attempt: null, delayMs: 1_000 } as Disposition;
      const { to } = await finish(disposition, { since: NOW - waited });
      expect(to).toMatchObject({ state: "dead_lettered", reason: "too_old" });
    }
  });
});

it("a record of which nothing is left to do is counted, and nothing is written", async () => {
  const before = await count("inlet_dropped_records_total", { service: "crm-sink", why: "stale" });
  expect((await finish({ kind: "skip", why: "stale" })).order).toEqual([]);
  expect(await count("inlet_dropped_records_total", { service: "crm-sink", why: "stale" })).toBe(before + 1);
});

it.each([
  [{ kind: "written" }, "written", null],
  [{ kind: "suppress", reason: "duplicate_email", duplicateOf: "evt_0" }, "suppressed", "duplicate_email"],
] as const)("%j is told without a dead letter", async (disposition, state, reason) => {
  const { order, to, told } = await finish(disposition);
  expect(order).toEqual(["ledger"]);
  expect(to).toMatchObject({ state, reason, deadLetter: null });
  expect(told).toMatchObject({ state, reason });
});
