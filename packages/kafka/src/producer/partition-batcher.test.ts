import { describe, expect, it, vi } from "vitest";
import { BatchTooLargeError, createPartitionBatcher } from "./partition-batcher.ts";
import type { PartitionBatcher, PartitionBatcherOptions } from "./partition-batcher.ts";
import { sharedLinger } from "./linger.ts";
import { KafkaUnavailableError, ProducerQueueFullError, RecordRefusedError } from "../port.ts";

interface Call {
  readonly batch: readonly string[];
  ack(base: bigint): void;
  fail(error: Error): void;
}

/** A transport whose answers the test gives by hand. */
function manualTransport(): { calls: Call[]; transport: PartitionBatcherOptions<string>["transport"] } {
  const calls: Call[] = [];
  return {
    calls,
    transport: (batch) =>
      new Promise((resolve, reject) => calls.push({ batch: [...batch], ack: resolve, fail: reject })),
  };
}

function batcherOn(
  transport: PartitionBatcherOptions<string>["transport"],
  options: Partial<PartitionBatcherOptions<string>> = {},
): PartitionBatcher<string> {
  return createPartitionBatcher<string>({
    transport,
    name: "t/0",
    linger: sharedLinger(1),
    maxBatchBytes: 1000,
    maxBatchRecords: 100,
    maxQueuedBytes: 10_000,
    timeoutMs: 10_000,
    ...options,
  });
}

async function callsToBe(calls: readonly Call[], count: number): Promise<Call> {
  await vi.waitFor(() => expect(calls).toHaveLength(count), { timeout: 30_000, interval: 1 });
  return calls[count - 1] as Call;
}

describe("a batcher", () => {
  it("has one batch in flight; what arrives meanwhile goes together in the next, in its order", async () => {
    const { calls, transport } = manualTransport();
    const batcher = batcherOn(transport);
    const sent = [batcher.add("a", 1), batcher.add("b", 1)];
    const first = await callsToBe(calls, 1);
    expect(first.batch).toEqual(["a", "b"]);
    sent.push(batcher.add("c", 1), batcher.add("d", 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toHaveLength(1);
    first.ack(7n);
    const second = await callsToBe(calls, 2);
    expect(second.batch).toEqual(["c", "d"]);
    second.ack(9n);
    expect(await Promise.all(sent)).toEqual([7n, 8n, 9n, 10n]);
    await batcher.idle();
  });

  it("does not hold up another batcher", async () => {
    const stuck = manualTransport();
    const free = manualTransport();
    const batchers = [batcherOn(stuck.transport), batcherOn(free.transport)] as const;
    const blocked = batchers[0].add("a", 1);
    const done = batchers[1].add("b", 1);
    await callsToBe(stuck.calls, 1);
    (await callsToBe(free.calls, 1)).ack(0n);
    expect(await done).toBe(0n);
    stuck.calls[0]?.ack(0n);
    expect(await blocked).toBe(0n);
  });

  it("bounds a batch by bytes and by records, and takes a record above the bound alone", async () => {
    const { calls, transport } = manualTransport();
    const batcher = batcherOn(transport, { maxBatchBytes: 100, maxBatchRecords: 3 });
    const sent = [
      ["a", 60],
      ["b", 60],
      ["c", 500],
      ["d", 1],
      ["e", 1],
      ["f", 1],
      ["g", 1],
    ].map(([record, bytes]) => batcher.add(record as string, bytes as number));
    const expected = [["a"], ["b"], ["c"], ["d", "e", "f"], ["g"]];
    for (let i = 0; i < expected.length; i += 1) {
      const call = await callsToBe(calls, i + 1);
      expect(call.batch).toEqual(expected[i]);
      call.ack(BigInt(i * 10));
    }
    expect(await Promise.all(sent)).toEqual([0n, 10n, 20n, 30n, 31n, 32n, 40n]);
  });

  it("refuses at once beyond its bytes, and takes again when some are acknowledged", async () => {
    const { calls, transport } = manualTransport();
    const batcher = batcherOn(transport, { maxQueuedBytes: 100 });
    const first = batcher.add("a", 90);
    await expect(batcher.add("b", 20)).rejects.toBeInstanceOf(ProducerQueueFullError);
    (await callsToBe(calls, 1)).ack(0n);
    await first;
    const second = batcher.add("b", 20);
    (await callsToBe(calls, 2)).ack(1n);
    expect(await second).toBe(1n);
  });

  it("sends again what failed, before anything that came later", async () => {
    const { calls, transport } = manualTransport();
    const batcher = batcherOn(transport);
    const a = batcher.add("a", 1);
    (await callsToBe(calls, 1)).fail(new Error("the leader moved"));
    const b = batcher.add("b", 1);
    const again = await callsToBe(calls, 2);
    expect(again.batch).toEqual(["a"]);
    again.ack(4n);
    (await callsToBe(calls, 3)).ack(5n);
    expect([await a, await b]).toEqual([4n, 5n]);
  });

  it("says which batches were tried before", async () => {
    const tries: [string, boolean][] = [];
    const batcher = batcherOn((batch, again) => {
      tries.push([batch.join("+"), again]);
      return tries.length === 1 ? Promise.reject(new Error("the leader moved")) : Promise.resolve(0n);
    });
    await batcher.add("a", 1);
    await batcher.add("b", 1);
    expect(tries).toEqual([
      ["a", false],
      ["a", true],
      ["b", false],
    ]);
  });

  it("rejects when the time is over, while the batch still holds the batcher", async () => {
    const { calls, transport } = manualTransport();
    const batcher = batcherOn(transport, { timeoutMs: 40 });
    // Waited for from its beginning: it may be over before the call is seen.
    const late = batcher.add("a", 1).catch((error: unknown) => error);
    const stuck = await callsToBe(calls, 1);
    expect(await late).toBeInstanceOf(KafkaUnavailableError);
    const next = batcher.add("b", 1);
    await expect(next).rejects.toThrow(/did not acknowledge within 40 ms/);
    expect(calls).toHaveLength(1);
    stuck.fail(new Error("timed out"));
    await batcher.idle();
    expect(calls).toHaveLength(1);
  });

  it("halves a batch that is too large together, and refuses the one record that is too large alone", async () => {
    const writes: string[][] = [];
    const batcher = batcherOn((batch) => {
      if (batch.length > 2 || batch.includes("huge")) return Promise.reject(new BatchTooLargeError("too large"));
      writes.push([...batch]);
      return Promise.resolve(BigInt(writes.flat().length - batch.length));
    });
    const sent = ["a", "b", "huge", "c", "d"].map((record) => batcher.add(record, 1));
    const results = await Promise.allSettled(sent);
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.name))).toEqual([
      0n,
      1n,
      "RecordRefusedError",
      2n,
      3n,
    ]);
    expect(writes.flat()).toEqual(["a", "b", "c", "d"]);
    await expect(sent[2]).rejects.toBeInstanceOf(RecordRefusedError);
  });
});
