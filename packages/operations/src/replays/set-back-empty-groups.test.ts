import { createInMemoryKafka } from "@inlet/kafka/testing";
import { expect, it } from "vitest";
import { setBackEmptyGroups } from "./set-back-empty-groups.ts";

const TOPIC = "normalized-events";

it("sets an empty group back, never forward, and leaves one with members to them", async () => {
  const kafka = createInMemoryKafka({ lanes: ["shared", "acme"] });
  const admin = await kafka.admin();
  await admin.setOffsets(
    "crm-sink",
    TOPIC,
    new Map([
      [0, 0n],
      [1, 0n],
      [2, 0n],
    ]),
  );
  const committed = new Map([
    [0, 8n],
    [1, 2n],
  ]);
  const known = { ...admin, committedOffsets: async () => committed };
  const ranges = [
    { partition: 0, from: 5, to: 10 },
    { partition: 1, from: 5, to: 10 },
    { partition: 2, from: 5, to: 10 },
  ];
  const shared = { service: "crm-sink", lane: "shared", topic: TOPIC, filter: {}, ranges } as const;
  const set: unknown[] = [];
  const done = await setBackEmptyGroups({ ...known, setOffsets: async (...args) => void set.push(args) }, [shared]);
  expect(done).toEqual([{ group: "crm-sink", topic: TOPIC, records: 3 }]);
  expect(set).toEqual([["crm-sink", TOPIC, new Map([[0, 5n]])]]);

  const consumer = kafka.consumer({
    groupId: "crm-sink",
    topic: TOPIC,
    handler: async () => ({ processedThrough: null }),
  });
  await consumer.start();
  expect(await setBackEmptyGroups(known, [shared])).toEqual([]);
  await consumer.stop();
});
