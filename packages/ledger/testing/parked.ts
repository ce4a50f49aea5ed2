import { randomUUID } from "node:crypto";

export const DAY_MS = 86_400_000;

export const newLane = (): string => `l-${randomUUID().slice(0, 12)}`;

export function record(offset: number, bytes: number, ageMs = 0) {
  return {
    topic: "normalized-events",
    partition: 0,
    offset: BigInt(offset),
    timestamp: Date.now() - ageMs,
    key: Buffer.from("k"),
    value: Buffer.alloc(bytes),
    headers: [["h", Buffer.from("1")]] as [string, Buffer][],
  };
}

export function buildAttempt(tenant: string, eventId: string) {
  return {
    tenant,
    eventId,
    service: "test",
    stage: "deliver" as const,
    parsedAt: 1_000,
    pass: 0,
    attempt: 0,
    effects: [],
  };
}
