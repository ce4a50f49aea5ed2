import type { AdapterLog, CallReport } from "./call-report.ts";
import { createHubSpot } from "./hubspot/hubspot.ts";
import type { Crm } from "./port.ts";

/** A tenant's CRM as its file describes it (`crm:`); the config package's `CrmConfig` fits. */
export interface CrmSettings {
  readonly kind: "hubspot";
  readonly baseUrl: string;
  /** The newest first. */
  readonly token: { reveal(): readonly string[] };
  readonly apiVersion: string;
  /** ms for one call. */
  readonly timeoutMs: number;
  readonly pipeline: string | null;
  readonly stage: string | null;
}

export interface CrmContext {
  readonly tenant: string;
  readonly log: AdapterLog;
  readonly onCall?: (report: CallReport) => void;
  /** Overrides the adapter's own, ms; for tests against a stand-in that answers fast. */
  readonly settleMs?: number;
}

/** The adapter for a tenant's CRM. The caller closes it. */
export function createCrm(settings: CrmSettings, context: CrmContext): Crm {
  switch (settings.kind) {
    case "hubspot":
      return createHubSpot({
        baseUrl: settings.baseUrl,
        token: () => settings.token.reveal()[0] ?? "",
        apiVersion: settings.apiVersion,
        timeoutMs: settings.timeoutMs,
        pipeline: settings.pipeline,
        stage: settings.stage,
        ...context,
      });
  }
}
