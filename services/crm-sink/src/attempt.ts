import type { Codec } from "@inlet/event-codec";
import type { BlobStore } from "@inlet/blob-store";
import type { TenantConfig, Tenants } from "@inlet/config";
import type { Ending, Outcome } from "@inlet/domain";
import type { KafkaRecord, Producer } from "@inlet/kafka";
import type { Ledger, Notice, SentMessage } from "@inlet/ledger";
import type { NormalizedEvent } from "@inlet/schemas";
import type { EffectLog } from "./write/effect-tracker.ts";
import type { Isolation, Passage } from "./gates/isolation.ts";
import type { MemoryBudget } from "./intake/memory-budget.ts";
import type { TenantCrm, TenantCrms } from "./crm/crm-connections.ts";

/** What the steps work with; made once per process. */
export interface SinkDeps {
  readonly ledger: Ledger;
  readonly codec: Codec;
  readonly blobs: BlobStore;
  readonly tenants: Tenants;
  readonly crms: TenantCrms;
  readonly producer: Producer;
  /** Unique to this process; part of every claim's owner. */
  readonly instance: string;
  readonly log: Log;
  /** Epoch ms: what is written down. */
  readonly now: () => number;
  /** A clock that nobody sets, ms: whatever is to be over in time. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Failure tests end the process at named points. */
  readonly reach: (point: string) => void;
  readonly isolation: Isolation;
  readonly memory: MemoryBudget;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A record to deliver: fresh from Kafka, or taken from the waiting rows under a lease. */
export type Arrival =
  | {
      readonly from: "kafka";
      readonly record: KafkaRecord;
      /** The tenant's CRM is slow, and its places are taken: it waits in the ledger instead. */
      readonly behindSlow: boolean;
      /** Told when the try lasts and the ledger keeps the record: Kafka need no longer. */
      readonly onKept: () => void;
    }
  | {
      readonly from: "waiting";
      readonly record: KafkaRecord;
      /** The name that its row has. */
      readonly emailKey: string | null;
      readonly pass: number;
      readonly attempt: number;
      readonly since: number;
      /** Why it waited. */
      readonly code: string;
      /** Tries without an end, this one counted. */
      readonly starts: number;
      /** It has waited for as long as it may: it ends. */
      readonly ends?: boolean;
    };

/** One try of one email on its way through the steps. */
export interface EmailTry {
  readonly deps: SinkDeps;
  readonly arrival: Arrival;
  readonly event: NormalizedEvent;
  readonly tenant: TenantConfig;
  readonly crm: TenantCrm;
  readonly effects: EffectLog;
  /** Unique to this try. */
  readonly owner: string;
  readonly passage: Passage;
  /** No CRM call may last beyond it, of `deps.monotonic`; moved once, for a suspect that waited to be alone. */
  deadline: number;
  /** Of `deps.monotonic`. */
  readonly startedAt: number;
  /** Filled in by `admit`. */
  pass: number;
  attempt: number;
  starts: number;
  /** Filled in by `joinConversation`. */
  conversationId: string;
  /** Registered messages of the tenant that this email answers, the best first; filled in by `findSentMessages`. */
  sentMessages: readonly SentMessage[];
  /** Ends what `keepWhenSlow` began; whatever acts on how the try ended comes after it. */
  stopKeeping: () => Promise<void>;
  /** It has called the CRM: what that cost of the quota is spent. */
  begun: boolean;
  /** Its calls go by themselves: together with others they failed. */
  readonly alone: boolean;
  /** Records that are gone from the CRM were looked for in this try: once is enough. */
  renewed: boolean;
  readonly warnings: string[];
  /** What rules tell the tenant's own systems when the email is written. */
  readonly notices: Notice[];
  readonly evidence: Record<string, unknown>;
  readonly summary: { effect: string; key: string; recordId: string | null; created: boolean | null }[];
}

/** A record that blocks its partition longer becomes a waiting row (PROTOCOL.md 5), ms. */
export const KAFKA_BUDGET_MS = 10_000;
/**
 * A try of a record from Kafka that lasts longer goes on, but the ledger keeps the record meanwhile, so that the partition goes on too; a
 * tenant with such tries counts as slow, ms.
 */
export const SLOW_MS = 1_000;
/** A waiting email holds up nobody: it may take its time, ms. */
export const WAITING_BUDGET_MS = 60_000;
/** Lease beyond the last call's deadline, ms (PROTOCOL.md 4). */
export const LEASE_MARGIN_MS = 30_000;
/** With less time left no call is begun: it would only end unknown, ms. */
export const MIN_CALL_MS = 1_500;

/**
 * How long a call waits for its tokens in place; beyond it the mail parks. Short, since meanwhile it takes up one of the sink's places, which all
 * tenants share; and yet thrice as long as a small quota takes to have them, where the try has spent tokens before: tried anew, it would
 * spend them again and never come to its end, ms.
 */
export function quotaWaitMs(quota: { readonly perSecond: number }, cost: number, begun: boolean): number {
  return begun
    ? Math.min(Math.max(QUOTA_WAIT_MS, ((3 * cost) / quota.perSecond) * 1000), LONGEST_QUOTA_WAIT_MS)
    : QUOTA_WAIT_MS;
}
const QUOTA_WAIT_MS = 500;
const LONGEST_QUOTA_WAIT_MS = 30_000;

/** How long a partition in buffer mode pauses before it looks again whether that has ended; mail that waits in the ledger is let go at once, ms. */
export const BUFFER_LOOK_MS = 5_000;

/** Carries an ending out of the steps to the one place that acts on it; never leaves the pipeline. */
export class Ended extends Error {
  override readonly name = "Ended";
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(ending.kind);
    this.ending = ending;
  }
}

/** The value of a step's outcome, or the end of the steps. */
export function need<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "ok") return outcome.value;
  throw new Ended(outcome);
}

/** This partition cannot go on for now, and nothing of it may wait in the ledger: Kafka keeps the backlog. */
export class PausePartition extends Error {
  override readonly name = "PausePartition";
  readonly pauseMs: number;
  constructor(pauseMs: number, why: string) {
    super(why);
    this.pauseMs = pauseMs;
  }
}
