import { isOAuthAlert, type CallReport } from "@inlet/crm";
import { metrics } from "@inlet/telemetry";

/** Tells the metrics of one call to a CRM. */
export function countCall(crm: string, { operation, status, ms, outcome, code }: CallReport): void {
  if (isOAuthAlert(code)) metrics.alerts.inc({ code });
  if (status === 429) metrics.crmRateLimits.inc({ crm, operation });
  metrics.crmCalls.inc({ crm, operation, outcome });
  metrics.crmCallSeconds.observe({ crm, operation }, ms / 1000);
}
