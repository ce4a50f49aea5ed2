import { describe, expect, it } from "vitest";
import { KafkaUnavailableError, ProducerQueueFullError } from "../port.ts";
import type { NewRecord } from "../port.ts";
import { createProducer } from "./producer.ts";
import type { LaneTransport, ProducerSettings } from "./producer.ts";
import { getPartition } from "../codec/key-partition.ts";

const settings: ProducerSettings = { timeoutMs: 5000, lingerMs: 0, maxLaneBytes: 10_000, metadataMaxAgeMs: 60_000 };

function record(key: string | null, value: string): NewRecord {
  return { topic: "t", key, value: Buffer.from(value), headers: [] };
}

/** Keeps what was written, by partition; fails while it is away. */
function transport(state: { away: boolean; partitions: number }): LaneTransport & { logs: Map<number, string[]> } {
  const logs = new Map<number, string[]>();
  return {
    logs,
    partitionCount: () =>
      state.away ? Promise.reject(new Error("no broker answers")) : Promise.resolve(state.partitions),
    send: (_topic, partition, records) => {
      if (state.away) return Promise.reject(new Error("no broker answers"));
      const log = logs.get(partition) ?? [];
      logs.set(partition, log);
      const base = BigInt(log.length);
      log.push(...records.map(({ value }) => value.toString()));
      return Promise.resolve(base);
    },
    close: () => Promise.resolve(),
  };
}

describe("the producer", () => {
  it("keeps the order of sends that waited for the partitions to be known, and of those right after", async () => {
    const state = { away: true, partitions: 1 };
    const to = transport(state);
    const producer = createProducer(to, settings);
    const early = [producer.send(record("k", "0")), producer.send(record("k", "1"))];
    await new Promise((resolve) => setTimeout(resolve, 20));
    state.away = false;
    const late = early.concat(producer.send(record("k", "2")));
    expect((await Promise.all(late)).map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    await producer.send(record("k", "3"));
    expect(to.logs.get(0)).toEqual(["0", "1", "2", "3"]);
  });

  it("puts a key where Java would and spreads records without one", async () => {
    const to = transport({ away: false, partitions: 3 });
    const producer = createProducer(to, settings);
    expect((await producer.send(record("tenant/a", "x"))).partition).toBe(getPartition(Buffer.from("tenant/a"), 3));
    const spread = await Promise.all([0, 1, 2].map((i) => producer.send(record(null, String(i)))));
    expect(new Set(spread.map(({ partition }) => partition)).size).toBe(3);
  });

  it("says that Kafka is away when its time is over, and goes on by itself when Kafka is back", async () => {
    const state = { away: true, partitions: 1 };
    const producer = createProducer(transport(state), { ...settings, timeoutMs: 60 });
    await expect(producer.send(record("k", "0"))).rejects.toBeInstanceOf(KafkaUnavailableError);
    await expect(producer.send(record("k", "0"))).rejects.toThrow(/no broker answers/);
    state.away = false;
    expect((await producer.send(record("k", "1"))).offset).toBe(0n);
    state.away = true;
    await expect(producer.send(record("k", "2"))).rejects.toThrow(/send it again/);
  });

  it("refuses at once when too much waits for Kafka to answer for the first time", async () => {
    const producer = createProducer(transport({ away: true, partitions: 1 }), { ...settings, maxLaneBytes: 300 });
    const waiting = producer.send(record("k", "x".repeat(200)));
    await expect(producer.send(record("k", "x".repeat(200)))).rejects.toBeInstanceOf(ProducerQueueFullError);
    await producer.close();
    await expect(waiting).rejects.toBeInstanceOf(KafkaUnavailableError);
  });

  it("close sends what is queued; later sends are refused", async () => {
    const to = transport({ away: false, partitions: 1 });
    const producer = createProducer(to, settings);
    await producer.send(record("k", "0"));
    const queued = producer.send(record("k", "1"));
    await producer.close();
    expect((await queued).offset).toBe(1n);
    expect(to.logs.get(0)).toEqual(["0", "1"]);
    await expect(producer.send(record("k", "2"))).rejects.toThrow(/closed/);
  });
});
