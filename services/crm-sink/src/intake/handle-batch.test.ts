import { describe, expect, it } from "vitest";
import type { KafkaRecord } from "@inlet/kafka";
import { HEADER } from "@inlet/schemas";
import type { SinkDeps } from "../attempt.ts";
import { createFairQueue } from "./fair-queue.ts";
import { createBatchHandler } from "./handle-batch.ts";
import { createIsolation } from "../gates/isolation.ts";

/** L10: what stands behind a record that cannot be done. */
describe("a batch of which a record cannot be done", () => {
  it("begins nothing more behind it, and what was before it is done", async () => {
    const { handle, begun } = sink({ places: 1, awayAt: [3] });
    expect(await handle(0, 10)).toMatchObject({ processedThrough: 2n });
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it("tries only its first record each time it is read again, and all once that one goes through", async () => {
    const away = new Set([0]);
    const { handle, begun } = sink({ places: 8, awayAt: away });
    await handle(0, 6);
    begun.length = 0;
    for (let again = 0; again < 5; again += 1)
      expect(await handle(0, 6)).toMatchObject({ processedThrough: null, pauseMs: 1_000 });
    expect(begun).toEqual([0, 0, 0, 0, 0]);
    away.clear();
    expect(await handle(0, 6)).toEqual({ processedThrough: 5n });
  });

  it("of one partition says nothing of another", async () => {
    const { handle, begun } = sink({ places: 8, awayAt: [0] });
    await handle(0, 3);
    begun.length = 0;
    await handle(100, 3, 1);
    expect(begun).toEqual([100, 101, 102]);
  });
});

/** A sink that knows no tenant, so that a record ends as soon as it is decoded; at some offsets the registry is away. */
function sink({ places, awayAt }: { places: number; awayAt: Iterable<number> }) {
  const begun: number[] = [];
  const away = awayAt instanceof Set ? awayAt : new Set(awayAt);
  const deps = {
    codec: {
      decode: async (_name: string, value: Buffer) => {
        const offset = Number(value.toString());
        begun.push(offset);
        await Promise.resolve();
        if (away.has(offset)) throw Object.assign(new Error("away"), { name: "RegistryUnavailableError" });
        return { tenantId: "nobody" };
      },
      encode: async () => Promise.resolve(Buffer.alloc(0)),
    },
    tenants: { get: () => undefined, isBroken: () => false },
    producer: { send: async () => Promise.resolve({ topic: "dlq", partition: 0, offset: 0n }) },
    ledger: {
      deliveries: {
        finish: async () => Promise.resolve(),
        acceptUndecodable: async () =>
          Promise.resolve({ state: "delivering", own: true, parsedAt: 0, pass: 0, attempt: 0, receivedAt: 0 }),
      },
    },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    isolation: createIsolation(),
    now: () => 0,
    monotonic: () => 0,
    failpoint: () => {},
  } as unknown as SinkDeps;
  const batch = createBatchHandler(deps, createFairQueue(places, 600_000));
  const handle = async (from: number, count: number, partition = 0) =>
    batch(
      Array.from({ length: count }, (_, index) => recordAt(partition, from + index)),
      { signal: new AbortController().signal, endOffset: 0n },
    );
  return { handle, begun };
}

function recordAt(partition: number, offset: number): KafkaRecord {
  return {
    topic: "normalized-events",
    partition,
    offset: BigInt(offset),
    timestamp: 0,
    key: Buffer.from(`acme/${offset}`),
    value: Buffer.from(String(offset)),
    headers: [
      [HEADER.tenant, Buffer.from("acme")],
      [HEADER.eventId, Buffer.from(`evt_${offset}`)],
      [HEADER.lane, Buffer.from("shared")],
    ],
  };
}
