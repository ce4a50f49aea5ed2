import { logLevel } from "kafkajs";
import type { LogEntry, logCreator } from "kafkajs";

/** The part of pino that this package uses. */
export interface KafkaLog {
  debug(detail: Record<string, unknown>, message: string): void;
  info(detail: Record<string, unknown>, message: string): void;
  warn(detail: Record<string, unknown>, message: string): void;
  error(detail: Record<string, unknown>, message: string): void;
}

/**
 * What kafkajs calls an error although it retries and normally succeeds: a coordinator or leader that is being elected, a
 * rebalance, a connection that is tried again. Who needs to see a lasting outage sees it in the errors of this package.
 */
const RETRIED =
  /coordinator is not available|leadership election|is not the leader|not the correct coordinator|rebalanc|loading|Connection (error|timeout)|Failed to connect|does not host this topic-partition|not aware of this member|Closed connection|Disconnected from|Failed to send messages|Response without match/i;

/** Fields of kafkajs' log entries that name infrastructure only. Others may quote requests, which hold record values. */
const SAFE_FIELDS = [
  "broker",
  "clientId",
  "groupId",
  "memberId",
  "topic",
  "partition",
  "retryCount",
  "retryTime",
  "generationId",
  "correlationId",
] as const;

/** kafkajs' log entries, in our levels and without what may quote a record. */
export function kafkajsLog(log: KafkaLog): logCreator {
  return () =>
    ({ namespace, level, log: entry }) => {
      const detail: Record<string, unknown> = { library: "kafkajs", part: namespace };
      const fields: Record<string, unknown> = { ...entry };
      for (const name of SAFE_FIELDS) {
        if (fields[name] !== undefined) detail[name] = fields[name];
      }
      if (typeof fields["error"] === "string") detail["error"] = fields["error"];
      log[toLevel(level, entry.message, fields["error"])](detail, entry.message);
    };
}

function toLevel(level: LogEntry["level"], message: string, error: unknown): keyof KafkaLog {
  if (level === logLevel.ERROR) {
    return RETRIED.test(message) || (typeof error === "string" && RETRIED.test(error)) ? "debug" : "warn";
  }
  if (level === logLevel.WARN) return RETRIED.test(message) ? "debug" : "warn";
  return "debug";
}
