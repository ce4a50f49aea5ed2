import type { Producer } from "@inlet/kafka";
import { getBaseTopic } from "@inlet/schemas";
import { metrics, type ConsumingService } from "@inlet/telemetry";

/** A producer whose records show in `inlet_events_published_total` and `inlet_publish_seconds`, by base topic. */
export function observeProducer(service: ConsumingService, producer: Producer): Producer {
  return {
    send: async (record) => {
      const labels = { service, topic: getBaseTopic(record.topic) };
      const stop = metrics.publishSeconds.startTimer(labels);
      try {
        const at = await producer.send(record);
        metrics.eventsPublished.inc(labels);
        return at;
      } finally {
        stop();
      }
    },
    close: async () => producer.close(),
  };
}
