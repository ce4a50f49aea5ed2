import type { BatchOutcome, KafkaRecord } from "@inlet/kafka";
import { metricsRegistry } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { observeBatches } from "./observe-batches.ts";
import { reportFault } from "./report-fault.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function away(name: string): Error {
  const error = new Error("away");
  error.name = name;
  return error;
}

async function read(name: string, labels: Record<string, string | number>): Promise<number | undefined> {
  const metric = await metricsRegistry.getSingleMetric(name)?.get();
  return metric?.values.find((each) => Object.entries(labels).every(([key, value]) => each.labels[key] === value))
    ?.value;
}

async function handle(outcome: BatchOutcome, endOffset: bigint, partition = 0): Promise<void> {
  const records = [5n, 6n, 7n].map((offset): KafkaRecord => ({
    topic: "t",
    partition,
    offset,
    timestamp: 1,
    key: null,
    value: Buffer.alloc(1),
    headers: [],
  }));
  const handler = observeBatches("parser", "g", async () => outcome);
  await handler(records, { signal: new AbortController().signal, endOffset });
}

test.each([
  ["all of the batch, more to come", 7n, 108n, 100],
  ["all there is", 7n, 8n, 0],
  ["nothing of it", null, 108n, 103],
  ["a part of it", 5n, 8n, 2],
  ["more than there was when it was fetched", 7n, 6n, 0],
] as const)("the lag after %s", async (_, processedThrough, endOffset, lag) => {
  await handle({ processedThrough }, endOffset);
  expect(await read("inlet_consumer_lag", { group: "g", topic: "t", partition: 0 })).toBe(lag);
});

test.each([
  ["LedgerUnavailableError", "ledger"],
  ["RegistryUnavailableError", "registry"],
  ["BlobStoreUnavailableError", "blobs"],
  ["KafkaUnavailableError", "kafka"],
  ["ProducerQueueFullError", "kafka"],
  ["ParserUnavailableError", "parser"],
])("a service shows as paused from %s until a batch goes through", async (name, dependency) => {
  const paused = async () => read("inlet_consumer_paused", { service: "parser", dependency });
  reportFault("parser", log, away(name));
  await handle({ processedThrough: 5n, pauseMs: 1_000 }, 8n);
  expect(await paused()).toBe(1);
  await handle({ processedThrough: 7n }, 8n);
  expect(await paused()).toBe(0);
});

test("an error of our own code is none of a dependency's", async () => {
  await handle({ processedThrough: 7n }, 8n);
  reportFault("parser", log, new TypeError("x"));
  const metric = await metricsRegistry.getSingleMetric("inlet_consumer_paused")?.get();
  expect(metric?.values.filter(({ value, labels }) => value === 1 && labels.service === "parser")).toEqual([]);
});
