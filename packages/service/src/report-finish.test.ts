import { SKIP_REASONS, type SkipReason } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";
import { expect, test } from "vitest";
import type { FinishedDelivery } from "./finished-delivery.ts";
import { reportSkip } from "./report-finish.ts";

test.each(Object.keys(SKIP_REASONS) as SkipReason[])("a record passed over is counted by why: %s", async (why) => {
  const count = async () =>
    (await metrics.droppedRecords.get()).values.find(
      ({ labels }) => labels.service === "crm-sink" && labels.why === why,
    )?.value ?? 0;
  const before = await count();
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  reportSkip(log, { service: "crm-sink", tenant: "acme", eventId: "evt_1", emailKey: null } as FinishedDelivery, why);
  expect(await count()).toBe(before + 1);
});
