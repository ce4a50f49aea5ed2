import { metrics } from "@inlet/telemetry";
import { LRUCache } from "lru-cache";

/** Failures within the window that are no single sender's slip any more. */
const BURST = 20;
const WINDOW_MS = 60_000;
/** Sources that are watched at a time. */
const MOST_SOURCES = 10_000;

export interface SignatureAlarmDeps {
  readonly log: { error(fields: Record<string, unknown>, message: string): void };
  readonly now: () => number;
}

/** Hears of each request refused for its signature, timestamp, credentials or address. */
export type SignatureAlarm = (tenant: string, source: string) => void;

/**
 * Alerts, once in a window, when the failures of one source come in a burst: a secret that was changed on one side only, a clock that
 * went wrong, or somebody who tries. Single failures have their log line and their count.
 */
export function createSignatureAlarm({ log, now }: SignatureAlarmDeps): SignatureAlarm {
  const windows = new LRUCache<string, { readonly until: number; failures: number }>({ max: MOST_SOURCES });
  return (tenant, source) => {
    const key = `${tenant}/${source}`;
    let window = windows.get(key);
    if (window === undefined || window.until <= now()) {
      window = { until: now() + WINDOW_MS, failures: 0 };
      windows.set(key, window);
    }
    window.failures += 1;
    if (window.failures !== BURST) return;
    metrics.alerts.inc({ code: "signature_failures" });
    log.error(
      { code: "signature_failures", tenant, source, failures: BURST, window_s: WINDOW_MS / 1000 },
      "a burst of requests was refused for signature, timestamp, credentials or address",
    );
  };
}
