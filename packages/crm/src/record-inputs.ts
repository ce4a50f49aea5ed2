/** What is written into a CRM, by record type. */

/** The records that a file, a task or an activity belongs to: some CRMs tie it only as it is made. */
export interface Parents {
  readonly contactId: string;
  readonly dealId: string | null;
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
  /** The company of its contact; only where the record's `tiesCompany` says so. */
  readonly companyId?: string | null;
  /** One that the CRM cannot give is a warning. */
  readonly tags: readonly string[];
  /** By id or, where the adapter resolves them, by name; a place that is not there is the adapter's `missingStage` to decide. */
  readonly pipeline: string | null;
  readonly stage: string | null;
}

export interface ActivityInput extends Parents {
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
  /** Where those who may see the whole email read it; null or absent where no console is set up. Not compared by replays: where it is served may change. */
  readonly viewUrl?: string | null;
  readonly companyId: string | null;
  /** Ids of files written before. */
  readonly fileIds: readonly string[];
}

export interface FileInput extends Replacing, Parents {
  /** emailKey + "/" + sha256, the unique key. */
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface TaskInput extends Replacing, Parents {
  /** emailKey + "/" + id of the rule, the unique key. */
  readonly key: string;
  readonly title: string;
  /** What it is about. */
  readonly text: string;
  /** Epoch ms. */
  readonly dueAt: number;
  readonly priority: "low" | "medium" | "high" | null;
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
  /** Where it stands, as the CRM names it: the `place` that `stored` tells of a deal that is written there. Left out where the CRM is not asked. */
  readonly place?: string;
}

/** What a rule changes of a deal that is there. */
export interface DealChange {
  readonly recordId: string;
  /** Null: it stays where it is. */
  readonly place: { readonly pipeline: string | null; readonly stage: string } | null;
  /** Added to those that it has. */
  readonly addTags: readonly string[];
}

/** What of an activity can be written again once it is there. */
export const ACTIVITY_FIELDS = ["subject", "text", "html", "contactId", "companyId", "dealId", "fileIds"] as const;

export type ActivityField = (typeof ACTIVITY_FIELDS)[number];

/** Fields to change, and ties to add, of an activity that is there. */
export interface ActivityChange {
  readonly recordId: string;
  /** Holds only what is to be written. */
  readonly changed: Partial<Pick<ActivityInput, ActivityField>>;
  /** Of the whole email, as in {@link ActivityInput}: for CRMs that keep it below the text. */
  readonly viewUrl?: string | null;
}
