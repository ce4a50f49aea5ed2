import { Kafka as KafkaJS } from "kafkajs";
import type { KafkaConfig, SASLOptions } from "kafkajs";
import { kafkajsLog } from "./log.ts";
import type { KafkaLog } from "./log.ts";

export interface ConnectionOptions {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly ssl: boolean;
  readonly sasl: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  } | null;
  readonly clientId: string;
  readonly log: KafkaLog;
}

export interface ClientSettings {
  /** ms until a request without an answer is given up. */
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs?: number;
  /** kafkajs' own retries of a connection or a request. */
  readonly retries: number;
}

/**
 * A new kafkajs client. Each producer, consumer and admin gets its own: clients share a cache of committed offsets by group
 * inside, through which two members of a group in one process would clear each other's positions.
 */
export function newClient(options: ConnectionOptions, settings: ClientSettings): KafkaJS {
  const config: KafkaConfig = {
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: settings.connectTimeoutMs ?? 3000,
    requestTimeout: settings.requestTimeoutMs,
    logCreator: kafkajsLog(options.log),
    retry: { retries: settings.retries, initialRetryTime: 100, maxRetryTime: 2000 },
  };
  if (options.ssl) config.ssl = true;
  if (options.sasl !== null) config.sasl = { ...options.sasl } as SASLOptions;
  return new KafkaJS(config);
}

/** The protocol error code of a kafkajs error (`REBALANCE_IN_PROGRESS`), looked up through its causes; null for other errors. */
export function findProtocolError(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const { type } = at as { type?: unknown };
    if (typeof type === "string" && /^[A-Z_]+$/.test(type)) return type;
  }
  return null;
}

/** One line on what went wrong. kafkajs' messages name brokers, topics and codes, never a record's content. */
export function getReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
