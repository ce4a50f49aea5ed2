import type { UsedAttempts } from "@inlet/domain";
import type { Cost } from "@inlet/crm";
import type { Codec } from "@inlet/event-codec";
import type { BlobStore } from "@inlet/blob-store";
import type { TenantConfig, Tenants } from "@inlet/config";
import type { KafkaRecord, Producer } from "@inlet/kafka";
import type { Ledger, Notification, SentMessage } from "@inlet/ledger";
import type { NormalizedEvent } from "@inlet/schemas";
import type { Log } from "@inlet/telemetry";
import type { Change, ReplayResult } from "./replay/change.ts";
import type { EmailFacts } from "./facts.ts";
import type { EffectTracker } from "./write/effect-tracker.ts";
import type { Isolation, Passage } from "./gates/isolation.ts";
import type { MemoryBudget } from "./intake/memory-budget.ts";
import type { CrmConnection, CrmConnections } from "./crm/crm-connections.ts";

/** What the steps work with; made once per process. */
export interface SinkDeps {
  readonly ledger: Pick<
    Ledger,
    | "deliveries"
    | "effects"
    | "waiting"
    | "circuits"
    | "quota"
    | "outbox"
    | "conversations"
    | "inspect"
    | "grants"
    | "jobs"
    | "deadLetters"
    | "erasures"
    | "lifecycle"
  >;
  readonly codec: Codec;
  readonly blobs: BlobStore;
  readonly tenants: Tenants;
  readonly crms: CrmConnections;
  readonly producer: Producer;
  /** Where the console is, for links to the whole email; absent where there is none. */
  readonly consoleUrl?: string;
  /** Unique to this process; part of every claim's owner. */
  readonly instance: string;
  readonly log: Log;
  /** Epoch ms: what is written down. */
  readonly now: () => number;
  /** A clock that no one sets, ms: whatever is to be over in time. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
  readonly isolation: Isolation;
  readonly memory: MemoryBudget;
  /** From here on an attempt of a record from Kafka counts as slow, ms. */
  readonly slowMs: number;
}

/** What a replay wants to know of a delivery. */
export interface ReplayedDelivery {
  /** Told of every call to the CRM. */
  charge(cost: Cost): void;
  ended(result: ReplayResult, changes: readonly Change[]): void;
}

/** A record to deliver: fresh from Kafka, or taken from the waiting rows under a lease. */
export type IncomingDelivery =
  | {
      readonly from: "kafka";
      readonly record: KafkaRecord;
      /** The tenant's CRM is slow, and its places are taken: it waits in the ledger instead. */
      readonly behindSlow: boolean;
      /** Told when the try lasts and the ledger keeps the record: Kafka need no longer. */
      readonly onKept: () => void;
      /** It is read again by a replay, which stays behind live mail. */
      readonly replay?: ReplayedDelivery;
    }
  | {
      readonly from: "waiting";
      readonly record: KafkaRecord;
      /** The name that its row has. */
      readonly emailKey: string | null;
      readonly pass: number;
      readonly attempts: UsedAttempts;
      readonly since: number;
      /** Why it waited. */
      readonly code: string;
      /** Tries without an end, this one counted. */
      readonly starts: number;
      /** It has waited for as long as it may: it ends. */
      readonly ends?: boolean;
    };

/** One try of one email on its way through the steps. */
export interface DeliveryAttempt {
  readonly deps: SinkDeps;
  readonly incoming: IncomingDelivery;
  readonly event: NormalizedEvent;
  readonly facts: EmailFacts;
  readonly tenant: TenantConfig;
  readonly crm: CrmConnection;
  readonly effects: EffectTracker;
  /** Unique to this try. */
  readonly owner: string;
  readonly passage: Passage;
  /** No CRM call may last beyond it, of `deps.monotonic`; moved once, for a suspect that waited to be alone. */
  deadline: number;
  /** Of `deps.monotonic`. */
  readonly startedAt: number;
  /** Filled in by `admit`. */
  pass: number;
  attempts: UsedAttempts;
  starts: number;
  /** Filled in by `joinConversation`. */
  conversationId: string;
  /** Registered messages of the tenant that this email answers, the best first; filled in by `findSentMessages`. */
  sentMessages: readonly SentMessage[];
  /** Ends what `spillWhenSlow` began; whatever acts on how the try ended comes after it. */
  stopSpilling: () => Promise<void>;
  /** It has called the CRM: what that cost of the quota is spent. */
  begun: boolean;
  /** Its calls go by themselves: together with others they failed. */
  readonly isolated: boolean;
  /** Records that are gone from the CRM were looked for in this try: once is enough. */
  renewed: boolean;
  /** What it does, or leaves, in the CRM. */
  readonly changes: Change[];
  readonly warnings: string[];
  /** What rules tell the tenant's own systems when the email is written. */
  readonly notifications: Notification[];
  readonly evidence: Record<string, unknown>;
  readonly summary: { effect: string; key: string; recordId: string | null; created: boolean | null }[];
}
