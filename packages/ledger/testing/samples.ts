import type { Candidate } from "../src/deliveries/admit.ts";
import type { CrmOutage } from "../src/circuits/circuits.ts";
import type { AttemptResult } from "../src/deliveries/finish.ts";
import type { StoredRecord } from "../src/waiting/stored-record.ts";
import type { IncomingDelivery } from "../src/deliveries/accept.ts";
import type { Parsed } from "../src/deliveries/mark-parsed.ts";

export function incoming(tenant: string, eventId: string): IncomingDelivery {
  return {
    tenant,
    eventId,
    lane: `lane-${tenant}`,
    source: "signed-json",
    sourceKind: "signed-json",
    sourceDeliveryId: null,
    sourceEventId: null,
    topic: "raw",
    partition: 0,
    offset: 5n,
    pass: 0,
    receivedAt: 1000,
    traceId: null,
  };
}

export function parsed(tenant: string, eventId: string): Parsed {
  return {
    tenant,
    eventId,
    emailKey: "eml_1",
    contentHash: "hash",
    conversationId: "cnv_1",
    messageId: "m1",
    senderDomain: "customers.example",
    writers: ["ada@customers.example"],
    terms: [],
    topic: "normalized",
    partition: 0,
    offset: 6n,
    parsedAt: 2000,
  };
}

export function candidate(tenant: string, eventId: string, parsedAt: number): Candidate {
  return {
    ...incoming(tenant, eventId),
    emailKey: "eml_1",
    contentHash: "hash",
    mappingVersion: "m1",
    conversationId: "cnv_1",
    messageId: "m1",
    parsedAt,
    now: 2500,
  };
}

export function written(tenant: string, eventId: string, parsedAt: number, pass = 0): AttemptResult {
  return {
    tenant,
    eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt,
    pass,
    attempt: 0,
    effects: [],
    to: {
      state: "written",
      reason: null,
      detail: null,
      duplicateOf: null,
      warnings: [],
      evidence: {},
      summary: [],
      contentHash: "hash",
      mappingVersion: "m1",
      deadLetter: null,
      endedAt: 3000,
      outbox: {
        topic: "outcomes",
        key: `${tenant}/${eventId}`,
        value: Buffer.from("o"),
        headers: [["a", Buffer.from("b")]],
      },
    },
  };
}

export function waits(
  tenant: string,
  eventId: string,
  parsedAt: number,
  options: { value: Buffer; delayMs: number; conversationId?: string },
): AttemptResult {
  return {
    ...written(tenant, eventId, parsedAt),
    to: {
      state: "waiting",
      kind: "parked",
      code: "hubspot:503",
      delayMs: options.delayMs,
      lane: `lane-${tenant}`,
      conversationId: options.conversationId ?? null,
      record: record(options.value),
    },
  };
}

export function outage(eventId: string | null, more: Partial<CrmOutage> = {}): CrmOutage {
  return { eventId, probe: false, code: "http:503", retryAfterMs: 0, ...more };
}

export function record(value: Buffer): StoredRecord {
  return {
    topic: "normalized",
    partition: 0,
    offset: 6n,
    timestamp: 1000,
    key: Buffer.from("k"),
    value,
    headers: [["inlet-pass", Buffer.from("0")]] as const,
  };
}
