import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { CallFault, CallResult, Crm, RecordName } from "../src/port.ts";
import type { People } from "./people.ts";

/** What happens to the next write of an effect, and to it alone. */
export type InjectedFault =
  | "drop-before-write"
  | "drop-after-write"
  | "error-before-write"
  | "error-after-write"
  /** No answer; the write lands after the client has given up. */
  | "late-write"
  /** 429 with `Retry-After: 7`. */
  | "rate-limited"
  /** A batch answer that refuses this record. */
  | "partial-failure";

export interface ConformanceSubject {
  /** Prepared, against an empty stand-in. */
  readonly crm: Crm;
  /** The same adapter towards a port where no one listens. */
  readonly unreachable: Crm;
  readonly inject: (effect: RecordName, fault: InjectedFault) => Promise<void>;
  /** Resolves when every late write has landed. */
  readonly landed: () => Promise<void>;
  /** How many records the CRM really stores for the key, by their content and not by a unique index. */
  readonly count: (effect: RecordName, key: string, filename: string) => Promise<number>;
  /** Deletes a record, as a person in the CRM would. */
  readonly remove: (effect: RecordName, recordId: string) => Promise<void>;
  /** Makes a company of this domain as a person would, some time ago; gives its id. */
  readonly addCompany: (domain: string) => Promise<string>;
  /** Makes a contact with this number (E.164) and no address, written as people write numbers there, some time ago; gives its id. */
  readonly addContact: (phone: string) => Promise<string>;
  /** The same adapter with another `contactAs`; absent where a contact is of one kind only. */
  readonly contactAs?: (kind: string) => Crm;
  /** The company that a contact belongs to. */
  readonly getCompany: (contactId: string) => Promise<string | null>;
  /** Keeps a message that people sent from the CRM at a deal, some time ago; absent where a CRM's messages are registered instead. */
  readonly addSentMessage?: (messageId: string, dealId: string) => Promise<void>;
  /** Where a deal stands and which tags it has, as the CRM stores them. */
  readonly getDeal: (recordId: string) => Promise<{ readonly stage: string; readonly tags: readonly string[] }>;
  /** A stage of the stand-in that new deals do not begin in. */
  readonly laterStage: string;
  /** That stage and its pipeline by the names that people see; absent where the adapter hands on what the tenant's file says. */
  readonly laterPlace?: { readonly pipeline: string; readonly stage: string };
  /** How long a client waits that a late write leaves behind, ms; by default 150. Longer than the calls before that write take. */
  readonly impatientMs?: number;
  /** What people do in the CRM, where this one knows such a thing; and of what it knows none. */
  readonly people?: Partial<People>;
  readonly lacks: Readonly<Record<string, string>>;
  /** Records that the adapter writes by batch calls. */
  readonly batched: readonly RecordName[];
  /** Lets the CRM's searches, or its lists, lag behind what is written, ms; absent where they are read from its tables. */
  readonly lag?: (what: "searches" | "lists", ms: number) => Promise<void>;
}

export interface ConformanceCase {
  readonly name: string;
  run(subject: ConformanceSubject): Promise<void>;
}

export const RECORDS: readonly RecordName[] = ["contact", "company", "deal", "activity", "file", "task"];
export const FILENAME = "Angebot Nr. 7.pdf";
export const PATIENT_MS = 5_000;
export const IMPATIENT_MS = 150;

export const inMs = (milliseconds: number): { deadline: number } => ({ deadline: performance.now() + milliseconds });

export const soon = () => inMs(PATIENT_MS);

export function expectOk<T>(result: CallResult<T>): T {
  if (!result.ok) assert.fail(`expected success, got ${result.fault.code}: ${result.fault.message}`);
  return result.value;
}

export function expectFault(result: CallResult<unknown>): CallFault {
  if (result.ok) assert.fail("expected a fault, got success");
  return result.fault;
}

export function plainId(): string {
  return randomUUID().replaceAll("-", "");
}
