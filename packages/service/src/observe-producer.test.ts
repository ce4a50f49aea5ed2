import { createInMemoryKafka } from "@inlet/kafka/testing";
import { metrics, type ConsumingService } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { observeProducer } from "./observe-producer.ts";

test.each<ConsumingService>(["parser", "crm-sink"])(
  "records of %s are counted and timed by base topic; those that Kafka refused are timed alone",
  async (service) => {
    const labels = { service, topic: "normalized-events" };
    const count = async () => {
      const published = (await metrics.eventsPublished.get()).values;
      const timed = (await metrics.publishSeconds.get()).values.filter((each) => each.metricName?.endsWith("_count"));
      return [published, timed].map(
        (values) =>
          values.find((each) => each.labels.service === labels.service && each.labels.topic === labels.topic)?.value ??
          0,
      ) as [number, number];
    };
    const kafka = createInMemoryKafka({ lanes: ["counted"] });
    const real = await kafka.producer();
    const record = { topic: "normalized-events.counted", key: "k", value: Buffer.from("x"), headers: [] };
    const [published, timed] = await count();
    await observeProducer(service, real).send(record);
    const away = observeProducer(service, { ...real, send: () => Promise.reject(new Error("away")) });
    await expect(away.send(record)).rejects.toThrow("away");
    expect(await count()).toEqual([published + 1, timed + 2]);
    await real.close();
  },
);
