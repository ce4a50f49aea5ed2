import type { DiagLogger } from "@opentelemetry/api";
import type { Logger } from "pino";
import { maskAddresses } from "./redaction.ts";

const REPEAT_MS = 60_000;

/** OpenTelemetry's own complaints in our log. An exporter whose collector is away complains with every batch, so the same complaint comes once a minute. */
export function exporterDiagnostics(log: Logger, now: () => number = Date.now): DiagLogger {
  const lastSaid = new Map<string, number>();
  const say = (level: "warn" | "error", message: string): void => {
    const gist = maskAddresses(message).slice(0, 300);
    const last = lastSaid.get(gist);
    if (last !== undefined && now() - last < REPEAT_MS) return;
    if (lastSaid.size > 100) lastSaid.clear();
    lastSaid.set(gist, now());
    log[level]({ component: "opentelemetry" }, gist);
  };
  const ignore = (): void => {};
  return {
    error: (message) => say("error", message),
    warn: (message) => say("warn", message),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
}
