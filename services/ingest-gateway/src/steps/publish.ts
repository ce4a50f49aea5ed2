import type { BlobStore } from "@inlet/blob-store";
import { fitRawEvent, recordHeaders, buildSchemaHeader } from "@inlet/event-codec";
import type { Codec } from "@inlet/event-codec";
import type { Producer } from "@inlet/kafka";
import { TOPICS, eventKey, topicIn } from "@inlet/schemas";
import type { RawEvent } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";

export interface PublisherDeps {
  readonly codec: Codec;
  readonly blobs: BlobStore;
  readonly producer: Producer;
  /** Rejects for a lane that has no topics. Default: every lane has. */
  readonly mustTakeLane?: (lane: string) => Promise<void>;
}

export type Publish = (event: RawEvent) => Promise<void>;

/**
 * Makes an event durable: a large body goes to the blob store first (claim check), then the record to Kafka. Resolves after `acks=all`.
 * Rejects as the ports do: Kafka, blob store or registry away, or the lane full; and for a lane without topics.
 */
export function createPublisher({ codec, blobs, producer, mustTakeLane }: PublisherDeps): Publish {
  const schema = buildSchemaHeader("RawEvent");
  const labels = { service: "ingest-gateway", topic: TOPICS.rawEvents.name } as const;

  return async function publish(event) {
    const stop = metrics.publishSeconds.startTimer(labels);
    try {
      await mustTakeLane?.(event.lane);
      const { bytes } = await fitRawEvent(codec, event, blobs);
      await producer.send({
        topic: topicIn("rawEvents", event.lane),
        key: eventKey(event.tenantId, event.eventId),
        value: bytes,
        headers: recordHeaders({ tenant: event.tenantId, eventId: event.eventId, lane: event.lane, schema }),
      });
      metrics.eventsPublished.inc(labels);
    } finally {
      stop();
    }
  };
}
