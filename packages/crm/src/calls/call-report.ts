import type { CallFault } from "../faults.ts";
import type { Budget } from "./rate-limit.ts";

/** What every HTTP call came to, for metrics. */
export interface CallReport {
  /** `hubspot POST /crm/v3/objects/emails`: a template, never an id or an address. */
  readonly operation: string;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  readonly ms: number;
  /** `ok`, `unknown` (it may have been carried out), or the fault's class. */
  readonly outcome: "ok" | "unknown" | CallFault["kind"];
  /** Of the fault; null without one. */
  readonly code: string | null;
  /** What the answer says is left of the account's limits. */
  readonly budgets: readonly Budget[];
}

/** The part of a logger that an adapter uses; pino's fits. */
export interface AdapterLog {
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}
