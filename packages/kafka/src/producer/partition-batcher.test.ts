import { describe, expect, it, vi } from "vitest";
import { BatchTooLargeError, createLane } from "./partition-batcher.ts";
import type { Lane, LaneOptions } from "./partition-batcher.ts";
import { sharedLinger } from "./linger.ts";
import { KafkaUnavailableError, LaneFullError, RecordRefusedError } from "../port.ts";

interface Call {
  readonly batch: readonly string[];
  ack(base: bigint): void;
  fail(error: Error): void;
}

/** A transport whose answers the test gives by hand. */
function manualTransport(): { calls: Call[]; transport: LaneOptions<string>["transport"] } {
  const calls: Call[] = [];
  return {
    calls,
    transport: (batch) =>
      new Promise((resolve, reject) => calls.push({ batch: [...batch], ack: resolve, fail: reject })),
  };
}

function laneOn(transport: LaneOptions<string>["transport"], options: Partial<LaneOptions<string>> = {}): Lane<string> {
  return createLane<string>({
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
  await vi.waitFor(() => expect(calls).toHaveLength(count), { interval: 1 });
  return calls[count - 1] as Call;
}

describe("a lane", () => {
  it("has one batch in flight; what arrives meanwhile goes together in the next, in its order", async () => {
    const { calls, transport } = manualTransport();
    const lane = laneOn(transport);
    const sent = [lane.add("a", 1), lane.add("b", 1)];
    const first = await callsToBe(calls, 1);
    expect(first.batch).toEqual(["a", "b"]);
    sent.push(lane.add("c", 1), lane.add("d", 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toHaveLength(1);
    first.ack(7n);
    const second = await callsToBe(calls, 2);
    expect(second.batch).toEqual(["c", "d"]);
    second.ack(9n);
    expect(await Promise.all(sent)).toEqual([7n, 8n, 9n, 10n]);
    await lane.idle();
  });

  it("does not hold up another lane", async () => {
    const stuck = manualTransport();
    const free = manualTransport();
    const lanes = [laneOn(stuck.transport), laneOn(free.transport)] as const;
    const blocked = lanes[0].add("a", 1);
    const done = lanes[1].add("b", 1);
    await callsToBe(stuck.calls, 1);
    (await callsToBe(free.calls, 1)).ack(0n);
    expect(await done).toBe(0n);
    stuck.calls[0]?.ack(0n);
    expect(await blocked).toBe(0n);
  });

  it("bounds a batch by bytes and by records, and takes a record above the bound alone", async () => {
    const { calls, transport } = manualTransport();
    const lane = laneOn(transport, { maxBatchBytes: 100, maxBatchRecords: 3 });
    const sent = [
      ["a", 60],
      ["b", 60],
      ["c", 500],
      ["d", 1],
      ["e", 1],
      ["f", 1],
      ["g", 1],
    ].map(([record, bytes]) => lane.add(record as string, bytes as number));
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
    const lane = laneOn(transport, { maxQueuedBytes: 100 });
    const first = lane.add("a", 90);
    await expect(lane.add("b", 20)).rejects.toBeInstanceOf(LaneFullError);
    (await callsToBe(calls, 1)).ack(0n);
    await first;
    const second = lane.add("b", 20);
    (await callsToBe(calls, 2)).ack(1n);
    expect(await second).toBe(1n);
  });

  it("sends again what failed, before anything that came later", async () => {
    const { calls, transport } = manualTransport();
    const lane = laneOn(transport);
    const a = lane.add("a", 1);
    (await callsToBe(calls, 1)).fail(new Error("the leader moved"));
    const b = lane.add("b", 1);
    const again = await callsToBe(calls, 2);
    expect(again.batch).toEqual(["a"]);
    again.ack(4n);
    (await callsToBe(calls, 3)).ack(5n);
    expect([await a, await b]).toEqual([4n, 5n]);
  });

  it("says which batches were tried before", async () => {
    const tries: [string, boolean][] = [];
    const lane = laneOn((batch, again) => {
      tries.push([batch.join("+"), again]);
      return tries.length === 1 ? Promise.reject(new Error("the leader moved")) : Promise.resolve(0n);
    });
    await lane.add("a", 1);
    await lane.add("b", 1);
    expect(tries).toEqual([
      ["a", false],
      ["a", true],
      ["b", false],
    ]);
  });

  it("rejects when the time is over, while the batch still holds the lane", async () => {
    const { calls, transport } = manualTransport();
    const lane = laneOn(transport, { timeoutMs: 40 });
    const late = lane.add("a", 1);
    const stuck = await callsToBe(calls, 1);
    await expect(late).rejects.toBeInstanceOf(KafkaUnavailableError);
    const next = lane.add("b", 1);
    await expect(next).rejects.toThrow(/did not acknowledge within 40 ms/);
    expect(calls).toHaveLength(1);
    stuck.fail(new Error("timed out"));
    await lane.idle();
    expect(calls).toHaveLength(1);
  });

  it("halves a batch that is too large together, and refuses the one record that is too large alone", async () => {
    const writes: string[][] = [];
    const lane = laneOn((batch) => {
      if (batch.length > 2 || batch.includes("huge")) return Promise.reject(new BatchTooLargeError("too large"));
      writes.push([...batch]);
      return Promise.resolve(BigInt(writes.flat().length - batch.length));
    });
    const sent = ["a", "b", "huge", "c", "d"].map((record) => lane.add(record, 1));
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
