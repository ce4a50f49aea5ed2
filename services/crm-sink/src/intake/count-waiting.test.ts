import type { Ledger } from "@inlet/ledger";
import { metrics } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { countOutbox, countWaiting } from "./count-waiting.ts";

type Waiting = Awaited<ReturnType<Ledger["waiting"]["mail"]>>[number];

const FREE = {
  bufferSince: null,
  bufferWhy: null,
  circuitSince: null,
  circuitCode: null,
  probeInMs: null,
} as unknown as Waiting;

function wait(given: Partial<Waiting>): Waiting {
  return { ...FREE, tenant: "acme", stage: "deliver", kind: "parked", code: "x", emails: 2, oldestMs: 5_000, ...given };
}

test.each<[string, Partial<Waiting>]>([
  ["held", { kind: "held" }],
  ["parse", { stage: "parse", kind: "retry" }],
  ["buffer", { bufferSince: 1 }],
  ["circuit", { circuitSince: 1 }],
  ["conversation", { code: "behind_conversation" }],
  ["quota", { code: "quota" }],
  ["lane", { code: "lane_moving" }],
  ["slow", { code: "crm_slow" }],
  ["retry", { kind: "retry" }],
  ["crm", {}],
])("what waits for %s shows by that reason, with the age of the oldest", async (reason, given) => {
  countWaiting([wait(given), wait({ ...given, oldestMs: 9_000, emails: 1 })]);
  const { kind = "parked", stage = "deliver" } = given;
  expect((await metrics.waiting.get()).values).toMatchObject([
    { labels: { tenant: "acme", kind, stage, reason }, value: 3 },
  ]);
  expect((await metrics.oldestWaitingSeconds.get()).values).toMatchObject([
    { labels: { tenant: "acme", reason }, value: 9 },
  ]);
  countWaiting([]);
  expect((await metrics.waiting.get()).values).toEqual([]);
});

test("what Kafka has not acknowledged yet shows", async () => {
  countOutbox(3);
  expect((await metrics.outboxPending.get()).values[0]?.value).toBe(3);
  countOutbox(0);
});
