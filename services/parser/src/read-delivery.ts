import { deadLetter, ok, type Outcome } from "@inlet/delivery";
import { readRecordHeaders } from "@inlet/event-codec";
import type { KafkaRecord } from "@inlet/kafka";
import type { Arrival } from "@inlet/ledger";
import type { RawEvent } from "@inlet/schemas";
import { contextOf } from "@inlet/kafka";
import { traceIdOf } from "@inlet/telemetry";
import type { ParserDeps } from "./arrival.ts";

/** A record of `raw-events` before it is parsed: whose it is, and its event where it can be read. */
export interface Opened {
  readonly record: KafkaRecord;
  readonly arrival: Arrival;
  readonly event: Outcome<RawEvent>;
}

/** Opens a record; one that cannot be decoded still belongs to the row that its headers name. Throws RegistryUnavailableError. */
export async function openRecord(deps: ParserDeps, record: KafkaRecord): Promise<Opened> {
  const headers = readRecordHeaders(record.headers);
  const traceId = traceIdOf(contextOf(record.headers)) ?? null;
  const at = {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    traceId,
    pass: headers.pass ?? 0,
  };
  try {
    const event = await deps.codec.decode("RawEvent", record.value ?? Buffer.alloc(0), headers.schema ?? undefined);
    return {
      record,
      event: ok(event),
      arrival: {
        ...at,
        tenant: event.tenantId,
        eventId: event.eventId,
        lane: event.lane,
        source: event.source.name,
        sourceKind: event.source.kind,
        sourceDeliveryId: event.source.deliveryId,
        sourceEventId: event.source.eventId,
        receivedAt: event.receivedAt,
      },
    };
  } catch (error) {
    if ((error as Error).name !== "UndecodableRecordError") throw error;
    return {
      record,
      event: deadLetter("unreadable_record", "decode", (error as Error).message),
      arrival: {
        ...at,
        tenant: headers.tenant ?? "unknown",
        eventId: headers.eventId ?? `${record.topic}/${record.partition}/${record.offset}`,
        lane: headers.lane ?? "shared",
        source: "unknown",
        sourceKind: "unknown",
        sourceDeliveryId: null,
        sourceEventId: null,
        receivedAt: record.timestamp,
      },
    };
  }
}
