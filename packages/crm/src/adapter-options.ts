import type { AdapterLog, CallReport } from "./calls/call-report.ts";
import type { RecordName } from "./records.ts";

/** What every adapter is given, whatever its kind. */
export interface AdapterOptions {
  /** Address of the CRM's API; paths of calls follow its path. */
  readonly baseUrl: string;
  /** Longest time for one HTTP call, ms; the caller's deadline may be earlier. */
  readonly timeoutMs: number;
  /** Where new deals go when the input does not say; null for the CRM's own choice. */
  readonly pipeline: string | null;
  readonly stage: string | null;
  /** Where a new deal begins whose pipeline or stage people removed: in the first one that there is, or not at all until it is corrected. */
  readonly missingStage?: "first" | "wait";
  readonly tenant: string;
  readonly log: AdapterLog;
  /** Called after every HTTP call; must not throw. */
  readonly onCall?: (report: CallReport) => void;
  /** How late after a lease's end a write may still land, ms, by record type; the adapter's own where it is not said. */
  readonly settleMs?: Readonly<Partial<Record<RecordName, number>>>;
}
