import type { BlobStore } from "@inlet/blob-store";
import { fitRawEvent, recordHeaders, schemaHeaderOf } from "@inlet/event-codec";
import type { Codec } from "@inlet/event-codec";
import type { Producer } from "@inlet/kafka";
import { TOPICS, eventKey, topicIn } from "@inlet/schemas";
import type { RawEvent } from "@inlet/schemas";
import { metrics, tracer } from "@inlet/telemetry";
import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";

export interface PublisherDeps {
  readonly codec: Codec;
  readonly blobs: BlobStore;
  readonly producer: Producer;
}

export type Publish = (event: RawEvent) => Promise<void>;

/**
 * Makes an event durable: a large body goes to the blob store first (claim check), then the record to Kafka. Resolves after `acks=all`.
 * Rejects as the ports do: Kafka, blob store or registry away, or the lane full.
 */
export function createPublisher({ codec, blobs, producer }: PublisherDeps): Publish {
  const schema = schemaHeaderOf("RawEvent");
  const labels = { service: "ingest-gateway", topic: TOPICS.rawEvents.name };

  return async function publish(event) {
    const topic = topicIn("rawEvents", event.lane);
    const span = tracer("ingest-gateway").startSpan(`send ${topic}`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        "messaging.system": "kafka",
        "messaging.operation.type": "send",
        "messaging.destination.name": topic,
      },
    });
    const stop = metrics.publishSeconds.startTimer(labels);
    try {
      await context.with(trace.setSpan(context.active(), span), async () => {
        const { bytes } = await fitRawEvent(codec, event, blobs);
        span.setAttribute("messaging.message.body.size", bytes.length);
        const { partition, offset } = await producer.send({
          topic,
          key: eventKey(event.tenantId, event.eventId),
          value: bytes,
          headers: recordHeaders({ tenant: event.tenantId, eventId: event.eventId, lane: event.lane, schema }),
        });
        span.setAttributes({
          "messaging.destination.partition.id": String(partition),
          "messaging.kafka.offset": Number(offset),
        });
      });
      metrics.eventsPublished.inc(labels);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute("error.type", error instanceof Error ? error.name : "unknown");
      throw error;
    } finally {
      stop();
      span.end();
    }
  };
}
