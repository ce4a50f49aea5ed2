/**
 * A CRM as the sink sees it: what it can find, what it can write, what it costs, and how an unknown result is settled.
 * Every adapter passes one conformance suite against a stateful stand-in.
 */

import type { CrmMethod } from "./crm-method.ts";

export type { CrmMethod };

export type EffectKind = "contact" | "company" | "deal" | "activity" | "file" | "task" | "stage" | "notice";

/** How a write whose result is unknown is settled (PROTOCOL.md 4). */
export type Settlement = "upsert-by-key" | "consistent-lookup" | "none";

export interface EffectTraits {
  readonly settle: Settlement;
  /** How long after the lease's end a late write may still land, ms. Nobody settles before. */
  readonly settleMs: number;
}

/** What a call came to. `unknown`: it may or may not have been carried out. */
export type CallFault =
  | {
      /** What could be the CRM as a whole: connect, timeout, 5xx, 429, quota, credentials. Whether it is, a ping tells. */
      readonly kind: "outage";
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number;
      /** The CRM answered that this operation may not be: a scope, a plan, a firewall. It may be so for one record only, or for all. */
      readonly refused?: boolean;
      /** The CRM names the whole account, as of its quota. */
      readonly ofAccount?: boolean;
      /** True when the request may have been carried out: its first byte had left. */
      readonly unknown: boolean;
    }
  | {
      /** This record, for now: lock, conflict, lookup lag. Uses an attempt. */
      readonly kind: "record-passing";
      readonly code: string;
      readonly message: string;
      readonly unknown: boolean;
    }
  | {
      /** This record, for good: validation. */
      readonly kind: "record-permanent";
      readonly code: string;
      readonly message: string;
      readonly unknown: false;
      /** Names of the properties that the CRM does not take; never their values. */
      readonly properties?: readonly string[];
      /** Something that the call refers to is not there: deleted, or merged into another record. `whereIs` tells which, and whether at all. */
      readonly gone?: "certain" | "perhaps";
    };

/** `message` of a fault never quotes addresses or bodies; `code` is from a closed list per adapter, e.g. `hubspot:429:TEN_SECONDLY_ROLLING`. */
export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: CallFault };

export interface CallOptions {
  /** When the call is abandoned, by the clock of `performance.now()`, which nobody sets; the HTTP client owns this deadline. */
  readonly deadline: number;
}

export interface Written {
  readonly recordId: string;
  /** Whether this call made the record (false: it was there and was updated or left). Null when the CRM does not tell. */
  readonly created: boolean | null;
  /** What the CRM did not take, and what was written in its place; each begins with a code of docs/reference/warnings.md. */
  readonly warnings?: readonly string[];
}

/** Of a record that is written once more, since a person deleted the first one. */
export interface Replacing {
  /** The id of the one that is gone: an API that remembers requests must not take this one for the first. */
  readonly replaces?: string | null;
}

export interface ContactInput extends Replacing {
  /** Normalized address (lower-case), the unique key. */
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Company that a new contact belongs to; a contact that is there stays as it is. */
  readonly companyId?: string | null;
}

export interface CompanyInput extends Replacing {
  /** Registrable domain, lower-case ASCII: the unique key. */
  readonly domain: string;
  readonly name: string;
}

export interface CompanyMatch {
  readonly recordId: string;
  /** Whether other companies have the domain as well; this is the oldest. */
  readonly several: boolean;
}

export interface DealInput extends Replacing {
  /** Canonical conversation id, the unique key. */
  readonly key: string;
  readonly name: string;
  readonly contactId: string;
  readonly tags: readonly string[];
  readonly pipeline: string | null;
  readonly stage: string | null;
}

export interface ActivityInput {
  /** emailKey, the unique key. */
  readonly key: string;
  readonly subject: string;
  /** Truncated text. */
  readonly text: string;
  readonly html: string | null;
  /** Epoch ms. */
  readonly at: number;
  readonly from: { readonly email: string; readonly name: string | null };
  readonly to: readonly { readonly email: string; readonly name: string | null }[];
  readonly cc: readonly { readonly email: string; readonly name: string | null }[];
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly spamVerdict: string | null;
  readonly attachmentCount: number;
  readonly contactId: string;
  readonly companyId: string | null;
  readonly dealId: string | null;
  /** Ids of files uploaded before. */
  readonly fileIds: readonly string[];
}

export interface FileInput extends Replacing {
  /** emailKey + "/" + sha256, the unique key. */
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface TaskInput extends Replacing {
  /** emailKey + "/" + id of the rule, the unique key. */
  readonly key: string;
  readonly title: string;
  /** What it is about. */
  readonly text: string;
  /** Epoch ms. */
  readonly dueAt: number;
  readonly priority: "low" | "medium" | "high" | null;
  readonly contactId: string;
  readonly dealId: string | null;
}

/** A message that people sent from the CRM itself, and the deal that it belongs to there. */
export interface SentFromCrm {
  readonly messageId: string;
  readonly dealId: string;
}

/** A deal as the CRM has it: its id, which another one is where it was merged, and how it ended. */
export interface DealRead {
  readonly recordId: string;
  /** Null or left out: it is open, or the CRM does not tell. `closed`: it ended, the CRM does not tell how. */
  readonly closed?: "won" | "lost" | "closed" | null;
}

/** What a rule changes of a deal that is there. */
export interface DealChange {
  /** Null: it stays where it is. */
  readonly place: { readonly pipeline: string | null; readonly stage: string } | null;
  /** Added to those that it has. */
  readonly addTags: readonly string[];
}

/** What the rows of a batch call are, and what each comes to, by the method that does one of them. */
export interface BatchRows {
  readonly upsertContact: { readonly input: ContactInput; readonly value: Written };
  readonly createDeal: { readonly input: DealInput; readonly value: Written };
  readonly findCompany: { readonly input: string; readonly value: CompanyMatch | null };
  readonly getDeal: { readonly input: string; readonly value: DealRead | null };
  readonly createActivity: { readonly input: ActivityInput; readonly value: Written };
}

export type BatchedMethod = keyof BatchRows;

/** Many calls of one method as one. */
export interface Batch<Input, Value> {
  /** Rows that one call takes. */
  readonly most: number;
  /** What a row adds to the call, and what one call takes together, bytes; a row by itself always fits. */
  readonly bytes?: { readonly of: (input: Input) => number; readonly most: number };
  /** Requests that a call makes at most, short of races, whatever its rows. */
  readonly cost: number;
  /**
   * Either the call as a whole failed, then its fault is every row's; or each row has its own result, in the order of `inputs`, of which no
   * two have the same key. A row with a record's fault may be sent again, by itself or with fewer others, and the answer to that counts: one
   * bad row makes some CRMs refuse its neighbours, and some do not say what became of a row (`unknown`).
   */
  send(inputs: readonly Input[], options: CallOptions): Promise<CallResult<readonly CallResult<Value>[]>>;
}

export type Batches = {
  readonly [M in BatchedMethod]?: Batch<BatchRows[M]["input"], BatchRows[M]["value"]>;
};

/** Effects that make a record, which can be looked up by its key. */
export type WrittenEffect = "contact" | "company" | "deal" | "activity" | "file" | "task";

/** Effects whose records others refer to. */
export type ReferredEffect = Exclude<WrittenEffect, "activity">;

/** What is known of a record that is looked for. */
export interface Sought {
  readonly recordId: string;
  /** The effect's unique key. */
  readonly key: string;
  /** Of a file. */
  readonly filename?: string;
  /** Activities that were written at it: where a CRM forgets what it merged, they went along. */
  readonly activityIds?: readonly string[];
}

export interface Crm {
  /** `hubspot`, `odoo`, …; part of every effect's key in the ledger. */
  readonly kind: string;
  readonly traits: Readonly<Record<WrittenEffect | "stage", EffectTraits>>;
  /** Requests that a call of a method makes at most, short of races; 1 where none is said. Charged to the tenant's quota before the call. */
  readonly costs?: Readonly<Partial<Record<CrmMethod, number>>>;
  /** Bytes in memory for each byte of a file while it is uploaded, by how it is encoded; 3 where it is not said. */
  readonly fileCopies?: number;
  /** What an activity that is there can still be tied to by `updateActivity`; both where it is not said. */
  readonly ties?: { readonly deal: boolean; readonly files: boolean };
  /** Methods whose calls the CRM takes many at a time. */
  readonly batches?: Batches;
  /** Makes what the adapter needs in the account (custom properties). Idempotent. */
  prepare(options: CallOptions): Promise<CallResult<null>>;

  /** The company whose domain this is, whoever made it; null: none was found, which a lagging index may say of one that is there. */
  findCompany(domain: string, options: CallOptions): Promise<CallResult<CompanyMatch | null>>;
  createCompany(input: CompanyInput, options: CallOptions): Promise<CallResult<Written>>;
  /** The contact with this number (E.164), where it is the only one; null: none is, or several are. */
  findContactByPhone(phone: string, options: CallOptions): Promise<CallResult<{ readonly recordId: string } | null>>;
  upsertContact(input: ContactInput, options: CallOptions): Promise<CallResult<Written>>;
  createDeal(input: DealInput, options: CallOptions): Promise<CallResult<Written>>;
  /** The deal by its CRM id; null when there is none. */
  getDeal(dealId: string, options: CallOptions): Promise<CallResult<DealRead | null>>;
  /**
   * The first of these Message-IDs, without brackets and the best first, under which people sent a message from the CRM at one deal. It may lag
   * behind what was sent: null only says that it is not found.
   */
  findSentMessage(messageIds: readonly string[], options: CallOptions): Promise<CallResult<SentFromCrm | null>>;
  createActivity(input: ActivityInput, options: CallOptions): Promise<CallResult<Written>>;
  /** Adds associations and updates fields of an activity that is there; used by replays and second deliveries. `changed` holds only what is to be written. */
  updateActivity(
    recordId: string,
    changed: Partial<
      Pick<ActivityInput, "subject" | "text" | "html" | "contactId" | "companyId" | "dealId" | "fileIds">
    >,
    options: CallOptions,
  ): Promise<CallResult<Written | null>>;
  /** The fields that a person may have changed since, as the CRM has them now; null when the record is gone. */
  readActivity(recordId: string, options: CallOptions): Promise<CallResult<Readonly<Record<string, string>> | null>>;
  uploadFile(input: FileInput, options: CallOptions): Promise<CallResult<Written>>;
  createTask(input: TaskInput, options: CallOptions): Promise<CallResult<Written>>;
  /** Moves a deal to a stage and adds tags; the same again changes nothing (`traits.stage`). Null when the deal is gone. */
  updateDeal(
    dealId: string,
    change: DealChange,
    options: CallOptions,
  ): Promise<CallResult<{ readonly recordId: string } | null>>;

  /**
   * For effects whose trait is `consistent-lookup`: the record that carries this key, never by a search index. Null: surely not there.
   * A file also needs its `filename`: some CRMs find files by path alone, and the name is part of it.
   */
  lookup(
    effect: WrittenEffect,
    key: string,
    options: CallOptions & { readonly filename?: string },
  ): Promise<CallResult<{ recordId: string } | null>>;
  /**
   * Where the record of an effect is by now: its own id, or that of the record that it was merged into; null when it is gone. By ids, never by
   * a search index.
   */
  whereIs(
    effect: ReferredEffect,
    sought: Sought,
    options: CallOptions,
  ): Promise<CallResult<{ readonly recordId: string } | null>>;
  /** Names the account that the credentials lead to, the same whatever its address is called and however often it is asked. */
  account(options: CallOptions): Promise<CallResult<string>>;
  /** The cheapest call that tells whether the CRM answers with these credentials; used as a circuit's probe. */
  ping(options: CallOptions): Promise<CallResult<null>>;
  close(): Promise<void>;
}
