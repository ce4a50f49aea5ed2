import type { UsedAttempts } from "@inlet/domain";
import type { StoredRecord, AttemptResult } from "@inlet/ledger";
import type { Outcome } from "@inlet/schemas";

/** An end that is no wait. */
export type FinalState = Exclude<AttemptResult["to"], { state: "waiting" }>;

/** One try of one delivery that has come to an end, whatever its record was. */
export interface FinishedDelivery {
  readonly service: "parser" | "crm-sink";
  readonly stage: "parse" | "deliver";
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly record: StoredRecord;
  /** The order among records of the event; 0 before it was parsed. */
  readonly parsedAt: number;
  readonly pass: number;
  /** Used up before this try. */
  readonly attempts: UsedAttempts;
  /** Epoch ms since when it waits; null when fresh. */
  readonly since: number | null;
  /** Epoch ms: when the gateway took it. */
  readonly receivedAt: number;
  /** The longest that it may wait. */
  readonly maxAgeMs: number;
  readonly emailKey: string | null;
  readonly conversationId: string | null;
  readonly contentHash: string | null;
  readonly mappingVersion: string | null;
  /** The kind of the tenant's CRM; null where it is unknown. */
  readonly crm: string | null;
  readonly warnings: readonly string[];
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly effects: AttemptResult["effects"];
  readonly summary: FinalState["summary"];
  readonly notifications: NonNullable<FinalState["notifications"]>;
  /** The effects as `outcomes` tells them: without addresses. */
  readonly told: Outcome["effects"];
  /** What the log line says beside that. */
  readonly line?: object;
}

/** What is known of a delivery that no step has taken further yet. */
export const UNTOUCHED = {
  emailKey: null,
  conversationId: null,
  contentHash: null,
  mappingVersion: null,
  crm: null,
  warnings: [],
  evidence: {},
  effects: [],
  summary: [],
  notifications: [],
  told: [],
} as const satisfies Partial<FinishedDelivery>;
