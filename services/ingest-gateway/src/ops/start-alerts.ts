import { warnOfDemoSecrets } from "@inlet/config";
import { metrics, type Log } from "@inlet/telemetry";

/** Public secrets behind https are an alert as well as a warning. */
export function reportDemoSecrets(...given: Parameters<typeof warnOfDemoSecrets>): void {
  if (warnOfDemoSecrets(...given)) metrics.alerts.inc({ code: "demo_secrets" });
}

/** A certificate that was changed cannot be read, or does not fit its key. */
export function reportBrokenCertificate(log: Pick<Log, "error">, fault: unknown): void {
  const code = "certificate_broken";
  metrics.alerts.inc({ code });
  log.error({ code, fault }, "a changed certificate cannot be used: the old one stays");
}
