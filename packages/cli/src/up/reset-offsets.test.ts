import { createInMemoryKafka } from "@inlet/kafka/testing";
import { groupIn, topicIn } from "@inlet/schemas";
import { expect, test } from "vitest";
import { parseOffsetReset, resetOffsets } from "./reset-offsets.ts";

test("a service and a time, or the earliest that there is", () => {
  expect(parseOffsetReset("parser=earliest")).toEqual({ service: "parser", from: 0 });
  expect(parseOffsetReset("crm-sink=2026-11-30T08:00:00Z")).toEqual({
    service: "crm-sink",
    from: Date.UTC(2026, 10, 30, 8),
  });
});

test.each(["parser", "parser=", "parser=yesterday", "ingest-gateway=earliest", "=earliest"])(
  "--reset-offsets %s is wrong use",
  (choice) => {
    expect(() => parseOffsetReset(choice)).toThrow(/expected SERVICE=earliest or SERVICE=TIME/);
  },
);

test("the group is set back in every lane to the first record of the time, and says how much is read again", async () => {
  let now = 1_000;
  const kafka = createInMemoryKafka({ lanes: ["shared", "acme"], now: () => now });
  const [producer, admin] = await Promise.all([kafka.producer(), kafka.admin()]);
  const send = async (topic: string, key: string) =>
    producer.send({ topic, key, value: Buffer.from("x"), headers: [] });
  for (const lane of ["shared", "acme"]) {
    const topic = topicIn("rawEvents", lane);
    now = 1_000;
    const { partition } = await send(topic, "a");
    now = 2_000;
    await send(topic, "a");
    await send(topic, "a");
    await admin.setOffsets(groupIn("parser", lane), topic, new Map([[partition, 3n]]));
    expect(await resetOffsets(admin, { service: "parser", from: 2_000 }, [lane])).toBe(2);
    expect((await admin.committedOffsets(groupIn("parser", lane), topic)).get(partition)).toBe(1n);
  }
  expect(await resetOffsets(admin, { service: "parser", from: 0 }, ["shared", "acme"])).toBe(2);
  await Promise.all([producer.close(), admin.close()]);
});
