import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { Producer } from "../port.ts";

/**
 * The producer with a PRODUCER span `send <topic>` around every send that happens inside a trace, from the hand-over to the
 * acknowledgement; the record carries that span's context. Outside of a trace (the outbox) nothing is recorded.
 */
export function withSendSpans(producer: Producer): Producer {
  return {
    send: async (record) => {
      if (trace.getActiveSpan() === undefined) return producer.send(record);
      const span = trace.getTracer("@inlet/kafka").startSpan(`send ${record.topic}`, {
        kind: SpanKind.PRODUCER,
        attributes: {
          "messaging.system": "kafka",
          "messaging.operation.type": "send",
          "messaging.operation.name": "send",
          "messaging.destination.name": record.topic,
          "messaging.message.body.size": record.value.length,
        },
      });
      try {
        const at = await context.with(trace.setSpan(context.active(), span), async () => producer.send(record));
        span.setAttributes({
          "messaging.destination.partition.id": String(at.partition),
          "messaging.kafka.offset": Number(at.offset),
        });
        return at;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute("error.type", error instanceof Error ? error.name : "unknown");
        throw error;
      } finally {
        span.end();
      }
    },
    close: async () => producer.close(),
  };
}
