import { deadLetter, ok, type StepResult } from "@inlet/domain";
import { openOwned, readRecordHeaders, unknownOwner } from "@inlet/event-codec";
import type { KafkaRecord } from "@inlet/kafka";
import type { IncomingDelivery } from "@inlet/ledger";
import { getTopicLane, type RawEvent } from "@inlet/schemas";
import { getContext } from "@inlet/kafka";
import { getTraceId } from "@inlet/telemetry";
import type { ParserDeps } from "./incoming-delivery.ts";

/** A record of `raw-events` before it is parsed: whose it is, and its event where it can be read. */
export interface Opened {
  readonly record: KafkaRecord;
  readonly incoming: IncomingDelivery;
  readonly event: StepResult<RawEvent>;
}

/** Opens a record, however foreign: what cannot be read still belongs to a row. Throws RegistryUnavailableError. */
export async function openRecord(deps: Pick<ParserDeps, "codec">, record: KafkaRecord): Promise<Opened> {
  const owned = await openOwned(deps.codec, "RawEvent", record);
  if (owned.kind === "foreign")
    return {
      record,
      event: deadLetter("unreadable_record", "decode", owned.why),
      incoming: foreignArrival(record, owned),
    };
  const { event } = owned;
  return {
    record,
    event: ok(event),
    incoming: {
      ...getPlace(record),
      tenant: event.tenantId,
      eventId: event.eventId,
      source: event.source.name,
      sourceKind: event.source.kind,
      sourceDeliveryId: event.source.deliveryId,
      sourceEventId: event.source.eventId,
      receivedAt: event.receivedAt,
    },
  };
}

/** The record as one that belongs to no one: for what the ledger cannot keep under the ids that it gives itself. */
export function disown(record: KafkaRecord, detail: string): Opened {
  return {
    record,
    event: deadLetter("unreadable_record", "accept", detail),
    incoming: foreignArrival(record, unknownOwner(record)),
  };
}

function foreignArrival(
  record: KafkaRecord,
  { tenant, eventId }: { tenant: string; eventId: string },
): IncomingDelivery {
  return {
    ...getPlace(record),
    tenant,
    eventId,
    source: "unknown",
    sourceKind: "unknown",
    sourceDeliveryId: null,
    sourceEventId: null,
    receivedAt: record.timestamp,
  };
}

function getPlace(
  record: KafkaRecord,
): Pick<IncomingDelivery, "topic" | "partition" | "offset" | "lane" | "traceId" | "pass"> {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    lane: getTopicLane(record.topic),
    traceId: getTraceId(getContext(record.headers)) ?? null,
    pass: readRecordHeaders(record.headers).pass ?? 0,
  };
}
