import { metrics } from "@inlet/telemetry";
import { expect, test, vi } from "vitest";
import type { SinkDeps } from "../attempt.ts";
import { recoverStalled } from "./recover-stalled.ts";

test("a delivery that no one works on is an alert, and its record is read again", async () => {
  const at = { topic: "normalized-events", partition: 2, offset: 7 };
  const stalled = [[{ tenant: "acme", eventId: "evt_1", at }]];
  const read: unknown[] = [];
  const lines: object[] = [];
  const count = async () =>
    (await metrics.alerts.get()).values.find(({ labels }) => labels.code === "stalled_delivery")?.value ?? 0;
  const before = await count();
  const poller = recoverStalled(
    {
      read: async (records: unknown[]) => {
        read.push(...records);
        return [null];
      },
    } as never,
    {
      ledger: { deliveries: { takeStalled: async () => stalled.pop() ?? [] } },
      log: { error: (fields: object) => void lines.push(fields), warn: () => {} },
    } as unknown as SinkDeps,
    {} as never,
    ["shared"],
  );
  await vi.waitFor(() => expect(read).toEqual([{ ...at, offset: 7n }]), { timeout: 30_000 });
  expect(await count()).toBe(before + 1);
  expect(lines).toEqual([expect.objectContaining({ code: "stalled_delivery", event_id: "evt_1" })]);
  await poller.stop();
});
