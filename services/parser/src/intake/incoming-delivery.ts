import type { BlobStore } from "@inlet/blob-store";
import type { TenantConfig, Tenants } from "@inlet/config";
import type { UsedAttempts } from "@inlet/domain";
import type { Codec } from "@inlet/event-codec";
import type { KafkaRecord, Producer } from "@inlet/kafka";
import type { Ledger } from "@inlet/ledger";
import type { NormalizedEvent, RawEvent } from "@inlet/schemas";
import type { Log } from "@inlet/telemetry";
import type { AttachmentFetch } from "../fetch/fetch-attachment.ts";
import type { ObjectFetch } from "../fetch/fetch-object.ts";
import type { ParsePool } from "../workers/parse-pool.ts";
import type { SenderPool } from "../sender/sender-pool.ts";
import type { Scanner } from "../scan/scanner.ts";

/** What the steps work with; made once per process. */
export interface ParserDeps {
  readonly ledger: Pick<
    Ledger,
    "deliveries" | "waiting" | "outbox" | "inspect" | "jobs" | "quota" | "erasures" | "lifecycle"
  >;
  readonly codec: Codec;
  readonly blobs: BlobStore;
  readonly tenants: Tenants;
  readonly producer: Producer;
  readonly pool: ParsePool;
  readonly fetchAttachment: AttachmentFetch;
  /** SPF, DKIM and DMARC; never rejects. */
  readonly verifySender: SenderPool["verify"];
  readonly fetchObject: ObjectFetch;
  /** Null where no CLAMD_URL is set: nothing is scanned. */
  readonly scanner: Scanner | null;
  /** Of the hashes by which emails are searched for; null: by ids alone. */
  readonly searchKey: string | null;
  readonly instance: string;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
  /** Of a record that a replay reads again. */
  readonly replay?: {
    /** Whether the parsed email goes on to the sink; false where it is as it was. */
    readonly mayGoOn: (event: NormalizedEvent, delivery: Delivery) => Promise<boolean>;
    /** Told what it came to. */
    readonly ended: (result: string) => void;
  };
}

/** One raw event on its way through the steps. */
export interface Delivery {
  readonly record: KafkaRecord;
  readonly event: RawEvent;
  readonly tenant: TenantConfig;
  /** The pass that its normalized record belongs to, as the ledger says. */
  readonly pass: number;
  /** Epoch ms: what is parsed now is later than that, or a parser whose clock is behind would never be heard. */
  readonly parsedAfter: number;
  /** Attempts used up, by the family of what failed. */
  readonly attempts: UsedAttempts;
  /** Parses begun without an end, this one counted. */
  readonly starts: number;
  /** Epoch ms since when it waits; null when fresh. */
  readonly since: number | null;
}
