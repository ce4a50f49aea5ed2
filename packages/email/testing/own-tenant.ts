import type { NormalizeContext } from "../src/normalize.ts";

/** The context of a tenant whose mailboxes are sales@ and support@inlet.example. */
export function ownTenant(given: Partial<NormalizeContext> = {}): NormalizeContext {
  return {
    eventId: "evt_00000000000000000000000000000001",
    tenantId: "demo",
    lane: "shared",
    receivedAt: 0,
    parsedAt: 0,
    source: { name: "raw-mime", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null },
    envelope: null,
    mailboxes: [
      { name: "sales", addresses: ["sales@inlet.example"] },
      { name: "support", addresses: ["support@inlet.example", "support@acme.example"] },
    ],
    rawRef: null,
    blobs: new Map(),
    ...given,
  };
}
