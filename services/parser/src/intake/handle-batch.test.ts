import type { KafkaRecord } from "@inlet/kafka";
import type { IncomingDelivery, Parsed } from "@inlet/ledger";
import { HEADER } from "@inlet/schemas";
import { describe, expect, it } from "vitest";
import type { ParserDeps } from "./incoming-delivery.ts";
import { createBatchHandler } from "./handle-batch.ts";

const SOURCE = { name: "s", kind: "k", deliveryId: null, eventId: null };
const PAUSES = { pauseMs: 1_000 };

/** L10: what stands behind a record that infrastructure stops. */
describe("a batch of the parser of which a record cannot be done", () => {
  it.each([
    ["the registry is away", "registry"],
    ["the blob store is away", "blobs"],
    ["Kafka is away", "producer"],
  ] as const)(
    "is done up to it while %s, and nothing behind it is dead-lettered or produced twice",
    async (_what, part) => {
      const parser = parserWith({ [part]: [3] });
      expect(await parser.handle(0, 6)).toEqual({ processedThrough: 2n, ...PAUSES });
      for (let again = 0; again < 20; again += 1)
        expect(await parser.handle(3, 6)).toEqual({ processedThrough: null, ...PAUSES });
      parser.restore();
      expect(await parser.handle(3, 6)).toEqual({ processedThrough: 8n });
      expect(parser.deadLetters.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    },
  );

  it("tries that record alone when it is read again, and takes back the start of what did not end", async () => {
    const parser = parserWith({ blobs: [0] });
    await parser.handle(0, 4);
    parser.begun.length = 0;
    for (let again = 0; again < 5; again += 1) await parser.handle(0, 4);
    expect(parser.begun).toEqual([0, 0, 0, 0, 0]);
    expect(parser.starts(0)).toBe(0);
  });

  it("begins no more once a fault has shown, of a batch larger than what goes at a time", async () => {
    const parser = parserWith({ blobs: Array.from({ length: 100 }, (_, index) => index) });
    await parser.handle(0, 64);
    expect(parser.begun.length).toBeLessThan(64);
  });

  it("remembers what was produced while the ledger could not be told, and marks it when it can", async () => {
    const parser = parserWith({ ledger: [0] });
    expect(await parser.handle(0, 2)).toEqual({ processedThrough: null, ...PAUSES });
    parser.restore();
    parser.begun.length = 0;
    expect(await parser.handle(0, 2)).toEqual({ processedThrough: 1n });
    expect(parser.begun).toEqual([]);
  });

  it("of one partition says nothing of another, nor of one that is read from before it", async () => {
    const parser = parserWith({ blobs: [3] });
    await parser.handle(0, 6);
    parser.begun.length = 0;
    await parser.handle(0, 3, 1);
    await parser.handle(0, 3);
    expect(parser.begun).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it("and that is read again in smaller pieces still does nothing twice", async () => {
    const parser = parserWith({ blobs: [0] });
    await parser.handle(0, 6);
    parser.restore();
    for (const from of [0, 2, 4]) expect(await parser.handle(from, 2)).toEqual({ processedThrough: BigInt(from + 1) });
    expect(parser.deadLetters.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("passes over the raw record of a dead-lettered delivery", async () => {
    const parser = parserWith({}, "dead_lettered");
    expect(await parser.handle(0, 3)).toEqual({ processedThrough: 2n });
    expect(parser.deadLetters).toEqual([]);
  });
});

type Part = "registry" | "blobs" | "producer" | "ledger";

/** A parser whose tenants no file names, so that each record ends as a dead letter; at some offsets a part is away. */
function parserWith(away: { readonly [part in Part]?: readonly number[] }, state = "accepted") {
  let faults = away;
  const begun: number[] = [];
  const deadLetters: number[] = [];
  const starts = new Map<number, number>();
  const failAt = (part: Part, offset: number): void => {
    if (faults[part]?.includes(offset) === true)
      throw Object.assign(new Error("away"), {
        name:
          part === "registry"
            ? "RegistryUnavailableError"
            : part === "blobs"
              ? "BlobStoreUnavailableError"
              : "ProduceError",
      });
  };
  const deps = {
    codec: {
      decode: async (_name: string, value: Buffer) => {
        const offset = Number(value.toString());
        failAt("registry", offset);
        return { tenantId: "stranger", eventId: `evt_${offset}`, lane: "shared", source: SOURCE, receivedAt: 0 };
      },
      encode: async () => Buffer.alloc(0),
    },
    tenants: {
      get: () => undefined,
      isBroken: () => false,
    },
    producer: {
      send: async ({ value }: { value: Buffer }) => {
        const offset = Number(value.toString());
        begun.push(offset);
        await Promise.resolve();
        failAt("blobs", offset);
        failAt("producer", offset);
        deadLetters.push(offset);
        return { topic: "dlq", partition: 0, offset: 0n };
      },
    },
    ledger: {
      deliveries: {
        accept: async (deliveries: readonly IncomingDelivery[]) => {
          for (const { offset } of deliveries) starts.set(Number(offset), (starts.get(Number(offset)) ?? 0) + 1);
          return deliveries.map(() => ({ state, starts: 1, pass: 0 }));
        },
        takeBackStarts: async (taken: readonly IncomingDelivery[]) => {
          for (const { offset } of taken) starts.set(Number(offset), (starts.get(Number(offset)) ?? 0) - 1);
        },
        finish: async () => Promise.resolve(),
        markParsed: async (_parsed: readonly Parsed[]) => failAt("ledger", 0),
      },
    },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    now: () => 0,
    failpoint: () => {},
  } as unknown as ParserDeps;
  const handler = createBatchHandler(deps);
  return {
    begun,
    deadLetters,
    starts: (offset: number) => starts.get(offset),
    restore: () => (faults = {}),
    handle: async (from: number, count: number, partition = 0) =>
      handler(
        Array.from({ length: count }, (_, index) => recordAt(partition, from + index)),
        { signal: new AbortController().signal, endOffset: 0n },
      ),
  };
}

function recordAt(partition: number, offset: number): KafkaRecord {
  return {
    topic: "raw-events",
    partition,
    offset: BigInt(offset),
    timestamp: 0,
    key: Buffer.from(`stranger/evt_${offset}`),
    value: Buffer.from(String(offset)),
    headers: [
      [HEADER.tenant, Buffer.from("stranger")],
      [HEADER.eventId, Buffer.from(`evt_${offset}`)],
    ],
  };
}
