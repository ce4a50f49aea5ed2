import { DLQ_HEADER, getTopicLane, HEADER, topicIn } from "@inlet/schemas";
import { headerText, type KafkaRecord, type NewRecord, type RecordHeaders } from "../port.ts";

/** Why and where a record could not go on. */
export interface DeadLetterCause {
  /** Whose row it ends; the record's own headers may name another, or none. */
  readonly tenant: string;
  readonly eventId: string;
  readonly service: string;
  readonly step: string;
  /** From schemas/reasons.ts. */
  readonly reason: string;
  /** Quotes no content. */
  readonly message: string;
  readonly stack?: string | undefined;
  readonly attempts: number;
  /** Epoch ms. */
  readonly firstFailure: number;
  readonly traceId: string | null;
}

// Headers count toward the record's size limit.
const MAX_STACK = 4 * 1024;
const MAX_MESSAGE = 1024;

/**
 * The dead letter of a record: the original key, value and headers untouched, and `x-dlq-*` beside them (protocol, section 2: the bytes
 * can be replayed as they are). Earlier `x-dlq-*` headers of a former pass are replaced. It goes to the lane of the topic that the record was read
 * from: the lane that its own headers name may not exist.
 */
export function buildDeadLetter(
  record: Pick<KafkaRecord, "topic" | "partition" | "offset" | "timestamp" | "key" | "value" | "headers">,
  cause: DeadLetterCause,
): NewRecord {
  const about: Record<string, string> = {
    [DLQ_HEADER.topic]: record.topic,
    [DLQ_HEADER.partition]: String(record.partition),
    [DLQ_HEADER.offset]: String(record.offset),
    [DLQ_HEADER.timestamp]: String(record.timestamp),
    [DLQ_HEADER.service]: cause.service,
    [DLQ_HEADER.step]: cause.step,
    [DLQ_HEADER.errorClass]: cause.reason,
    [DLQ_HEADER.message]: cause.message.slice(0, MAX_MESSAGE).toWellFormed(),
    [DLQ_HEADER.attempts]: String(cause.attempts),
    [DLQ_HEADER.firstFailure]: String(cause.firstFailure),
    [DLQ_HEADER.tenant]: cause.tenant,
    [DLQ_HEADER.eventId]: cause.eventId,
  };
  if (cause.stack !== undefined) about[DLQ_HEADER.stack] = cause.stack.slice(0, MAX_STACK).toWellFormed();
  if (cause.traceId !== null) about[DLQ_HEADER.traceId] = cause.traceId;
  const value = record.value ?? Buffer.alloc(0);
  if (value.length > 4 && value[0] === 0) about[DLQ_HEADER.schemaId] = String(value.readUInt32BE(1));
  return {
    topic: topicIn("dlq", getTopicLane(record.topic)),
    key: record.key,
    value,
    headers: [
      ...originalHeaders(record.headers),
      ...Object.entries(about).map(([name, text]) => [name, Buffer.from(text)] as const),
    ],
  };
}

/** A dead letter's headers as the record had them before it died. */
export function originalHeaders(headers: RecordHeaders): RecordHeaders {
  return headers.filter(([name]) => !name.startsWith("x-dlq-"));
}

const RENEWED = new Set<string>([HEADER.pass, HEADER.traceparent, HEADER.tracestate]);
/** No span has it. */
const NO_SPAN = "0000000000000000";

/** What sends a dead letter through its stage again. */
export interface Replay {
  /** The original bytes for the original topic, as the given pass; its trace is to be a new one. */
  readonly record: NewRecord;
  /** The span of the record's own trace, for a link to it. */
  readonly spanId: string;
}

/** The record of a dead letter's next pass; null where it does not say which topic it came from. */
export function buildReplay({ key, value, headers }: KafkaRecord, pass: number): Replay | null {
  const topic = headerText(headers, DLQ_HEADER.topic);
  if (topic === undefined) return null;
  const kept = originalHeaders(headers).filter(([name]) => !RENEWED.has(name));
  return {
    record: {
      topic,
      key,
      value: value ?? Buffer.alloc(0),
      headers: [...kept, [HEADER.pass, Buffer.from(String(pass))]],
    },
    spanId: headerText(headers, HEADER.traceparent)?.split("-")[2] ?? NO_SPAN,
  };
}
