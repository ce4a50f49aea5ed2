import type { KafkaRecord, NewRecord } from "@inlet/kafka";

/** What the parser's part of a dry run hands to the sink's, a JSON line each. */
export type ParsedLine =
  | { readonly record: LineRecord }
  /** An email that goes no further than parsing. */
  | {
      readonly ended: {
        readonly tenant: string;
        readonly eventId: string;
        readonly result: "unchanged" | "dead_lettered" | "waiting" | "skipped";
        readonly reason: string | null;
        readonly detail: string | null;
      };
    };

interface LineRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string;
  readonly headers: readonly (readonly [string, string])[];
}

export function toLineRecord({ topic, key, value, headers }: NewRecord): LineRecord {
  const base64 = (bytes: string | Buffer): string => Buffer.from(bytes as string).toString("base64");
  return {
    topic,
    key: key === null ? null : base64(key),
    value: base64(value),
    headers: headers.map(([name, each]) => [name, base64(each)]),
  };
}

/** As it would lie in Kafka, at no place of its own. */
export function fromLineRecord({ topic, key, value, headers }: LineRecord): KafkaRecord {
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  return {
    topic,
    partition: 0,
    offset: 0n,
    timestamp: Date.now(),
    key: key === null ? null : bytes(key),
    value: bytes(value),
    headers: headers.map(([name, each]) => [name, bytes(each)]),
  };
}
