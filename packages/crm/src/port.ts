/**
 * A CRM as the sink sees it: what it can find, what it can write, what it costs, and how an unknown result is settled.
 * Every adapter passes one conformance suite against a stateful stand-in.
 */

import type { CallResult } from "./faults.ts";
import type { CallOptions, Operation } from "./operation.ts";
import type { CrmRecords, RecordName } from "./records.ts";

export type * from "./faults.ts";
export { operation, type Batch, type CallOptions, type Cost, type Operation } from "./operation.ts";
export * from "./record-inputs.ts";
export type * from "./records.ts";

/** What the ledger claims: a record, or a change of a deal (`stage`); `notice` is no CRM's. */
export type EffectKind = RecordName | "stage" | "notice";

/** A limit of the account in a unit other than requests, such as 30,000 tokens a day. */
export interface UnitQuota {
  /** As in the operations' costs. */
  readonly unit: string;
  readonly amount: number;
  readonly perMs: number;
}

/** What the adapter needs in the account, such as fields of its own. */
export interface CrmSetup {
  /** Makes it; again it makes nothing. Answers with what was made. */
  readonly prepare: Operation<null, { readonly made: readonly string[] }>;
  /** Tells whether it is there, and makes nothing; an outage says what is missing. */
  readonly verify: Operation<null, null>;
  /**
   * What an instance does before its first write. Where several may make fields at once without harm, that; elsewhere it verifies, and an
   * operator prepares the account (`inlet crm prepare`).
   */
  readonly atStart: Operation<null, unknown>;
}

export interface Crm {
  /** `hubspot`, `odoo`, …; part of every effect's key in the ledger. */
  readonly kind: string;
  readonly records: CrmRecords;
  readonly setup: CrmSetup;
  /** Limits beside the requests of the tenant's file. */
  readonly quotas?: readonly UnitQuota[];
  /** Names the account that the credentials lead to, the same whatever its address is called and however often it is asked. */
  readonly account: Operation<null, string>;
  /** The cheapest call that tells whether the CRM answers with these credentials; used as a circuit's probe. */
  ping(options: CallOptions): Promise<CallResult<null>>;
  close(): Promise<void>;
}
