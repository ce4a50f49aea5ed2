import { once } from "node:events";
import { createServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { TOPICS, topicIn } from "@inlet/schemas";
import { all, eventually, getText } from "../conformance/bench.ts";
import { newClient } from "./connection.ts";
import { createKafka } from "./kafka.ts";
import type { KafkaOptions } from "./kafka.ts";
import type { KafkaLog } from "./log.ts";
import { KafkaUnavailableError, RecordRefusedError } from "./port.ts";

const silent: KafkaLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
// oxlint-disable-next-line node/no-process-env -- the test setup says where its Kafka is
const brokers = (process.env["KAFKA_BROKERS"] ?? "").split(",");
const real: KafkaOptions = { brokers, ssl: false, sasl: null, clientId: "outages", log: silent };
const lane = `outages-${randomUUID().slice(0, 8)}`;
const topic = topicIn("dlq", lane);

/** A port of this machine behind which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Forwards a port to the real broker until closed. */
async function forward(port: number): Promise<() => Promise<void>> {
  const [host = "", target = ""] = (brokers[0] ?? "").split(":");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(Number(target), host);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on("error", () => one.destroy());
    }
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
}

beforeAll(async () => {
  const admin = await createKafka(real).admin();
  await admin.applyTopics([lane]);
  await admin.close();
});

describe("Kafka away", () => {
  it("a producer starts without a broker, says so, and sends by itself once there is one", async () => {
    const port = await freePort();
    const kafka = createKafka({ ...real, brokers: [`127.0.0.1:${port}`], sendTimeoutMs: 1500 });
    expect(await kafka.reachable()).toBe(false);
    await expect(kafka.admin()).rejects.toBeInstanceOf(KafkaUnavailableError);
    const producer = await kafka.producer();
    const record = { topic, key: "k", value: Buffer.from("x"), headers: [] };
    await expect(producer.send(record)).rejects.toBeInstanceOf(KafkaUnavailableError);
    const close = await forward(port);
    try {
      await eventually(async () => expect(await producer.send(record)).toMatchObject({ topic }));
      expect(await kafka.reachable()).toBe(true);
    } finally {
      await producer.close();
      await close();
    }
  });

  it("a consumer that starts before its broker and its topic joins when they are there", async () => {
    const port = await freePort();
    const late = topicIn("dlq", `late-${randomUUID().slice(0, 8)}`);
    const seen: string[] = [];
    const kafka = createKafka({ ...real, brokers: [`127.0.0.1:${port}`], metadataMaxAgeMs: 500 });
    const consumer = kafka.consumer({
      groupId: `late-${randomUUID()}`,
      topic: late,
      handler: (records) => {
        seen.push(...records.map(getText));
        return Promise.resolve(all(records));
      },
    });
    const started = consumer.start();
    const close = await forward(port);
    const operator = newClient(real, { requestTimeoutMs: 30_000, retries: 5 }).admin();
    await operator.connect();
    const producer = await createKafka(real).producer();
    try {
      await operator.createTopics({
        topics: [{ topic: late, numPartitions: 1, replicationFactor: 1 }],
        waitForLeaders: false,
      });
      await producer.send({ topic: late, key: "k", value: Buffer.from("early"), headers: [] });
      await started;
      await eventually(() => expect(seen).toEqual(["early"]));
    } finally {
      await consumer.stop();
      await producer.close();
      await operator.disconnect();
      await close();
    }
  });
});

describe("on the real broker", () => {
  it("sets what differs on a topic, keeps what others set, and grows partitions", async () => {
    const operator = newClient(real, { requestTimeoutMs: 30_000, retries: 5 }).admin();
    await operator.connect();
    const own = topicIn("dlq", `drift-${randomUUID().slice(0, 8)}`);
    const ownLane = own.slice(own.indexOf(".") + 1);
    const getConfig = async (): Promise<Map<string, string>> => {
      const { resources } = await operator.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: own }],
      });
      return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    };
    await operator.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic: own,
          numPartitions: 1,
          replicationFactor: 1,
          configEntries: [
            { name: "retention.ms", value: "60000" },
            { name: "segment.bytes", value: "20971520" },
          ],
        },
      ],
    });
    const admin = await createKafka(real).admin();
    const faults = (await admin.checkTopics([ownLane])).filter((fault) => fault.topic === own);
    expect(faults.map(({ fault }) => fault)).toEqual(
      expect.arrayContaining(["partitions", "config:retention.ms", "config:max.message.bytes"]),
    );
    const lines = await admin.applyTopics([ownLane]);
    expect(lines).toContain(`${own}: retention.ms set from 60000 to ${TOPICS.dlq.retentionMs}`);
    expect(lines).toContain(`${own}: grown from 1 to ${TOPICS.dlq.partitions} partitions`);
    // A broker says what it has applied, a moment after the controller took it.
    await eventually(async () => expect((await getConfig()).get("message.timestamp.type")).toBe("LogAppendTime"));
    const config = await getConfig();
    expect(config.get("segment.bytes")).toBe("20971520");
    await eventually(async () => expect(await admin.applyTopics([ownLane])).toEqual([]));
    await admin.close();
    await operator.disconnect();
  });

  it("a record above the topic's limit is refused, its neighbours in the batch are written", async () => {
    const producer = await createKafka(real).producer();
    const send = (value: Buffer): Promise<unknown> => producer.send({ topic, key: "k", value, headers: [] });
    const results = await Promise.allSettled([
      send(Buffer.from("before")),
      send(Buffer.alloc(TOPICS.dlq.maxRecordBytes + 1000)),
      send(Buffer.from("after")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: expect.any(RecordRefusedError) });
    await producer.close();
  });
});
