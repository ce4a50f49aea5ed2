import { HEADER, VERSIONS } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";

/** What our headers say (docs/concepts/protocol.md, section 2). */
export interface RecordHeaderFields {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  /** `RawEvent/1`; {@link buildSchemaHeader} gives it. */
  readonly schema: string;
  /** From the parser on. */
  readonly emailKey?: string;
  /** Epoch ms; from the parser on. */
  readonly parsedAt?: number;
  /** 0 for the first; from the parser on. */
  readonly pass?: number;
}

export interface RecordHeaderValues {
  readonly tenant: string | null;
  readonly eventId: string | null;
  readonly lane: string | null;
  readonly schema: string | null;
  readonly emailKey: string | null;
  readonly parsedAt: number | null;
  readonly pass: number | null;
}

/** `RawEvent/1`: the newest version of a record, which is what the codec writes. */
export function buildSchemaHeader(record: RecordName): string {
  return `${record}/${VERSIONS[record].files.length}`;
}

/** The headers of a record, without the trace context, which the Kafka package adds at the send. Fields that are not given make no header. */
export function recordHeaders(fields: RecordHeaderFields): (readonly [string, Buffer])[] {
  const values: readonly (readonly [string, string | number | undefined])[] = [
    [HEADER.tenant, fields.tenant],
    [HEADER.eventId, fields.eventId],
    [HEADER.lane, fields.lane],
    [HEADER.schema, fields.schema],
    [HEADER.emailKey, fields.emailKey],
    [HEADER.parsedAt, fields.parsedAt],
    [HEADER.pass, fields.pass],
  ];
  return values.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Buffer.from(String(value), "utf8")] as const],
  );
}

/** Our headers of a record, null where one is missing or no number; of a repeated name the first counts. */
export function readRecordHeaders(headers: readonly (readonly [string, Buffer])[]): RecordHeaderValues {
  const text = (name: string): string | null => headers.find(([each]) => each === name)?.[1].toString("utf8") ?? null;
  return {
    tenant: text(HEADER.tenant),
    eventId: text(HEADER.eventId),
    lane: text(HEADER.lane),
    schema: text(HEADER.schema),
    emailKey: text(HEADER.emailKey),
    parsedAt: wholeNumber(text(HEADER.parsedAt), 15),
    pass: wholeNumber(text(HEADER.pass), 9),
  };
}

/** Of at most so many digits: 15 are an exact number here, 9 an integer of the ledger. */
function wholeNumber(text: string | null, digits: number): number | null {
  return text !== null && text.length <= digits && /^\d+$/.test(text) ? Number(text) : null;
}
