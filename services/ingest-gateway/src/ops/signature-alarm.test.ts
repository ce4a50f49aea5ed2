import { metricsRegistry } from "@inlet/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSignatureAlarm } from "./signature-alarm.ts";
import { startTestGateway } from "../../testing/test-gateway.ts";
import type { TestGateway } from "../../testing/test-gateway.ts";

let now = 0;
const lines: Record<string, unknown>[] = [];
const alarm = () => createSignatureAlarm({ log: { error: (fields) => void lines.push(fields) }, now: () => now });
beforeEach(() => {
  now = 0;
  lines.length = 0;
  metricsRegistry.resetMetrics();
});
const times = (count: number, work: () => void): void => Array.from({ length: count }).forEach(work);

test("a burst of one source alerts once in a minute, and again when it goes on", () => {
  const note = alarm();
  times(100, () => note("acme", "json"));
  expect(lines).toEqual([{ code: "signature_failures", tenant: "acme", source: "json", failures: 20, window_s: 60 }]);
  now = 60_000;
  times(20, () => note("acme", "json"));
  expect(lines).toHaveLength(2);
});

test("single slips, and those of many sources, are no burst", () => {
  const note = alarm();
  times(19, () => note("acme", "json"));
  times(19, () => note("acme", "mime"));
  now = 60_000;
  times(19, () => note("acme", "json"));
  expect(lines).toEqual([]);
});

let gateway: TestGateway | null = null;
afterEach(async () => {
  await gateway?.app.close();
  gateway = null;
});

test("IN9: refused signatures are logged, counted by reason and, in a burst, alerted on", async () => {
  gateway = await startTestGateway();
  for (let i = 0; i < 20; i += 1) {
    await gateway.postJson({ eventId: "evt-1" }, { headers: { "x-webhook-signature": "0".repeat(64) } });
  }
  expect(gateway.logs.filter((line) => line.includes('"signature_fault":"mismatch"'))).toHaveLength(20);
  expect(gateway.logs.filter((line) => line.includes('"code":"signature_failures"'))).toHaveLength(1);
  const samples = (await metricsRegistry.metrics()).split("\n");
  expect(samples).toContain('inlet_signature_failures_total{tenant="acme",source="json",reason="mismatch"} 20');
  expect(samples).toContain('inlet_alerts_total{code="signature_failures"} 1');
});
