import type { Ledger } from "../src/ledger.ts";
import { waits, written } from "./samples.ts";

export const CLAIM = { crm: "hubspot", effect: "contact", key: "a@example.com", eventId: "evt_1" };

/** Every transaction of several statements that parser and sink make, on an email that was admitted and whose contact was claimed by "one". */
export const TRANSACTIONS = {
  "the end of a parse": async (ledger: Ledger, tenant: string) =>
    ledger.deliveries.finish({ ...written(tenant, "evt_1", 2000), stage: "parse" }),
  "the end of a delivery": async (ledger: Ledger, tenant: string) => {
    const result = { state: "confirmed", recordId: "c-1", created: true, desired: {} } as const;
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 2000),
      effects: [{ ...CLAIM, owner: "one", result }],
    });
  },
  "a delivery that goes to wait": async (ledger: Ledger, tenant: string) =>
    ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 0 })),
  "an outage of a CRM": async (ledger: Ledger, tenant: string) => {
    const outage = { eventId: "evt_1", probe: false, code: "http:503", retryAfterMs: 0 };
    await ledger.circuits.recordOutage(tenant, "hubspot", outage, () => 1_000);
  },
  "the publishing of outcomes": async (ledger: Ledger) => {
    await ledger.outbox.publish(async () => {});
  },
} satisfies Record<string, (ledger: Ledger, tenant: string) => Promise<unknown>>;

export type TransactionName = keyof typeof TRANSACTIONS;
