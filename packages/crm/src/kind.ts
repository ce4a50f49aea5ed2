import type { SettingsReading } from "@inlet/settings";
import type { z } from "zod";
import type { AdapterOptions } from "./adapter-options.ts";
import type { AdapterLog, CallReport } from "./calls/call-report.ts";
import type { GrantStore } from "./oauth/grant-store.ts";
import type { Crm } from "./port.ts";
import type { CrmFile, CrmSettings } from "./settings.ts";

/** What a CRM is made with beside its settings. */
export interface CrmContext {
  readonly tenant: string;
  readonly log: AdapterLog;
  readonly onCall?: (report: CallReport) => void;
  /** Where the tokens of `oauth` are kept; not asked without it. */
  readonly grants: GrantStore;
  /** Overrides the adapter's own settling times, ms; for tests against a stand-in that answers fast. */
  readonly settleMs?: NonNullable<AdapterOptions["settleMs"]>;
}

/** A kind of CRM: what a tenant's file says of it, and its adapter. One folder, and one line in `registry.ts`. */
export interface CrmKind<File extends CrmFile = CrmFile, Settings extends CrmSettings = CrmSettings> {
  /** Also the value of `kind` in the file. */
  readonly name: string;
  /** `crm:` as written. */
  readonly file: z.ZodObject;
  /** The adapter's writes take many records at a time. */
  readonly batching: boolean;
  /** As used; what is wrong goes to `reading.fault`. */
  read(crm: File, reading: SettingsReading): Settings;
  /** What the file does not describe and rules may need, by the name of what is missing. */
  lackingForRules?(crm: File): { readonly task?: string; readonly dealUpdate?: string };
  /** The page on which people see a record; null where it has none. Without it no record of the kind has one that Inlet knows. */
  recordLink?(baseUrl: string, place: RecordPlace): string | null;
  /** The caller closes it. */
  create(settings: Settings, context: CrmContext): Crm;
}

/** A record that Inlet wrote. */
export interface RecordPlace {
  /** As the adapter names it. */
  readonly account: string;
  /** `contact`, `deal`, … */
  readonly effect: string;
  readonly recordId: string;
}

/** What every adapter is given. */
export function adapterOptions(settings: CrmSettings, context: CrmContext): AdapterOptions {
  const { baseUrl, timeoutMs, pipeline, stage, missingStage } = settings;
  return { baseUrl, timeoutMs, pipeline, stage, missingStage, ...context };
}
