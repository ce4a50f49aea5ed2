import type { ContactKinds } from "./contact-kinds.ts";
import type { Operation } from "./operation.ts";
import type {
  ActivityChange,
  ActivityField,
  ActivityInput,
  CompanyInput,
  CompanyMatch,
  ContactInput,
  DealChange,
  DealInput,
  DealRead,
  FileInput,
  Parents,
  SentFromCrm,
  TaskInput,
} from "./record-inputs.ts";

/** How a write whose result is unknown is settled (docs/concepts/protocol.md, section 4). */
export type Settlement = "upsert-by-key" | "consistent-lookup" | "none";

export interface Settling {
  readonly how: Settlement;
  /** How long after the lease's end a late write may still land, ms. No one settles before. */
  readonly afterMs: number;
}

export interface Written {
  /** As the CRM has it; of an adapter whose contacts are of several kinds it says which. */
  readonly recordId: string;
  /** Whether this call made the record (false: it was there and was updated or left). Null when the CRM does not tell. */
  readonly created: boolean | null;
  /** What the CRM did not take, and what was written in its place; each begins with a code of docs/reference/warnings.md. */
  readonly warnings?: readonly string[];
  /**
   * Texts that the CRM keeps otherwise than they were sent, as it keeps them: by these it is known whether people changed them since. Of a deal:
   * its `place`, where the adapter reads that back.
   */
  readonly stored?: Readonly<Record<string, string>>;
}

export interface Updated {
  readonly recordId: string;
  /** Fields that the CRM keeps as they are, whatever is sent: they were not written. */
  readonly fixed?: readonly ActivityField[];
  /** As of {@link Written}. */
  readonly warnings?: readonly string[];
  readonly stored?: Readonly<Record<string, string>>;
}

/** Null: surely not there. */
export type Found = { readonly recordId: string } | null;

/** A record whose write is in doubt, by its key and what it was to be written with. */
export interface Lookup {
  /** The effect's unique key. */
  readonly key: string;
  /** When the first claim to write it was made, epoch ms: it is no older. Null where no one wrote it yet. */
  readonly since: number | null;
}

export type LookupUnderParents = Lookup & Parents;

/** A record that others refer to, by its id. */
export interface Location {
  readonly recordId: string;
  /** The effect's unique key. */
  readonly key: string;
  /** Of a file. */
  readonly filename?: string;
  /** Activities that were written at it: where a CRM forgets what it merged, they went along. */
  readonly activityIds?: readonly string[];
}

/** What the port has of every type of record. */
export interface RecordType<Input, Sought extends Lookup> {
  /** How a write whose result is unknown is settled. */
  readonly settle: Settling;
  readonly write: Operation<Input, Written>;
  /**
   * For `consistent-lookup`: the record that carries this key, never by an index that may lag behind it. Where the CRM's lists lag, and cannot
   * be trusted yet, the answer is a fault `record-passing`; where they never can, the type's `settle` is `none`.
   */
  readonly lookup: Operation<Sought, Found>;
}

/** Records that others refer to. */
export interface ReferredRecordType<Input, Sought extends Lookup> extends RecordType<Input, Sought> {
  /**
   * Where the record of an effect is by now: its own id, or that of the record that it was merged into; null when it is gone. By ids, never
   * by a search index.
   */
  readonly locate: Operation<Location, Found>;
}

export interface ContactRecords extends ReferredRecordType<ContactInput, Lookup> {
  /**
   * What a person may be in this CRM, the usual first; left out where there is one kind only. What a new one becomes is the adapter's setting
   * (`contactAs`); what it is says its id, so that one that is there is found and tied whatever the setting is by then.
   */
  readonly kinds?: ContactKinds;
  /** The contact with this number (E.164), where it is the only one; null: none is, or several are. */
  readonly findByPhone: Operation<string, Found>;
}

export interface CompanyRecords extends ReferredRecordType<CompanyInput, Lookup> {
  /** The company whose domain this is, no matter who made it; null: none was found, which a lagging index may say of one that is there. */
  readonly find: Operation<string, CompanyMatch | null>;
}

export interface DealRecords extends ReferredRecordType<DealInput, Lookup & { readonly contactId: string }> {
  /** The deal by its CRM id; null when there is none. */
  readonly read: Operation<string, DealRead | null>;
  /** Moves a deal to a stage and adds tags; the same again changes nothing. Null when the deal is gone. */
  readonly update: Operation<DealChange, Updated | null>;
  /** A new deal is tied to the company of its contact. */
  readonly tiesCompany?: boolean;
}

export interface ActivityRecords extends RecordType<ActivityInput, LookupUnderParents> {
  /** The fields that a person may have changed since, as the CRM has them now; null when the record is gone. */
  readonly read: Operation<string, Readonly<Record<string, string>> | null>;
  /** Adds ties and updates fields of an activity that is there; used by replays and second deliveries. Null when the record is gone. */
  readonly update: Operation<ActivityChange, Updated | null>;
  /** What the CRM lets no one change of an activity that is there; nothing where it is not said. */
  readonly fixed?: readonly ActivityField[];
  /**
   * The first of these Message-IDs, without brackets and the best first, under which people sent a message from the CRM at one deal. It may
   * lag behind what was sent: null only says that it is not found. Left out where the CRM cannot tell: no one asks.
   */
  readonly findSent?: Operation<readonly string[], SentFromCrm | null>;
}

export interface FileRecords extends ReferredRecordType<
  FileInput,
  LookupUnderParents & {
    /** Some CRMs find files by path alone, and the name is part of it. */
    readonly filename: string;
  }
> {
  /** Bytes in memory for each byte of a file while it is sent, by how it is encoded; 3 where it is not said. */
  readonly copies?: number;
}

export type TaskRecords = ReferredRecordType<TaskInput, LookupUnderParents>;

/** Everything that Inlet writes into a CRM. */
export interface CrmRecords {
  readonly contact: ContactRecords;
  readonly company: CompanyRecords;
  readonly deal: DealRecords;
  readonly activity: ActivityRecords;
  readonly file: FileRecords;
  readonly task: TaskRecords;
}

export type RecordName = keyof CrmRecords;

/** Records that others refer to. */
export type ReferredRecordName = Exclude<RecordName, "activity">;
