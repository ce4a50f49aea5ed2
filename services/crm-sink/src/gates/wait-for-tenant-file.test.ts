import { type NormalizedEvent } from "@inlet/schemas";
import type { AttemptResult } from "@inlet/ledger";
import { expect, test } from "vitest";
import type { IncomingDelivery, SinkDeps } from "../attempt.ts";
import { waitForTenantFile } from "./wait-for-tenant-file.ts";

const record = {
  topic: "normalized-events",
  partition: 1,
  offset: 7n,
  timestamp: 1,
  key: null,
  value: Buffer.from("bytes"),
  headers: [["inlet-pass", Buffer.from("2")] as const],
};
const event = {
  tenantId: "acme",
  eventId: "evt_1",
  lane: "shared",
  conversationId: "cnv_1",
  parsedAt: 5,
  receivedAt: 4,
} as NormalizedEvent;

// N9: as unknown_tenant it would have been a dead letter that an operator has to replay.
test.each([
  ["from Kafka", { from: "kafka", record, behindSlow: false, onKept: () => {} }, { pass: 2, attempt: 0 }],
  ["waiting already", { from: "waiting", record, pass: 3, attempts: { crm: 4 }, since: 5 }, { pass: 3, attempt: 4 }],
])("email of a tenant whose file is broken waits with its bytes: %s", async (_what, incoming, expected) => {
  const ends: AttemptResult[] = [];
  const deps = {
    ledger: { deliveries: { finish: async (end: AttemptResult) => void ends.push(end) } },
    log: { info: () => {} },
    now: () => 10,
    failpoint: () => {},
  } as unknown as SinkDeps;
  await waitForTenantFile(deps, incoming as unknown as IncomingDelivery, event);
  expect(ends).toEqual([
    expect.objectContaining({
      tenant: "acme",
      eventId: "evt_1",
      ...expected,
      to: expect.objectContaining({ state: "waiting", kind: "parked", code: "tenant_file_broken", record }) as unknown,
    }),
  ]);
});
