import { expect, it } from "vitest";
import { combineSends, type PartitionBatch } from "./multi-partition-produce.ts";
import { BatchTooLargeError } from "./partition-batcher.ts";
import type { WireRecord } from "../record.ts";

const record = (text: string): WireRecord => ({ key: null, value: Buffer.from(text), headers: [] });
const told = (batches: readonly PartitionBatch[]): string[] =>
  batches.map(({ partition, records }) => `${partition}:${records.map(({ value }) => value.toString()).join("+")}`);

it("batches of one moment go in one request, each with its own offset; a topic has its own request", async () => {
  const requests: string[][] = [];
  const send = combineSends(async (topic, batches) => {
    requests.push([topic, ...told(batches)]);
    return batches.map(({ partition }) => BigInt(partition * 10));
  });
  const sent = [send("t", 0, [record("a"), record("b")], false), send("t", 3, [record("c")], false)];
  const other = send("u", 1, [record("d")], false);
  expect(await Promise.all([...sent, other])).toEqual([0n, 30n, 10n]);
  expect(requests).toEqual([
    ["t", "0:a+b", "3:c"],
    ["u", "1:d"],
  ]);
  expect(await send("t", 2, [record("e")], false)).toBe(20n);
  expect(requests).toHaveLength(3);
});

it("a partition that the answer does not cover fails, the others do not (kafkajs#1303)", async () => {
  const send = combineSends(async (_topic, batches) => batches.map(({ partition }) => (partition === 1 ? null : 7n)));
  const sent = [0, 1, 2].map((partition) => send("t", partition, [record("x")], false));
  expect((await Promise.allSettled(sent)).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await expect(sent[1]).rejects.toThrow("t/1: Kafka's answer does not cover the partition");
});

it("an answer that is too short covers nothing beyond it", async () => {
  const send = combineSends(async () => [5n]);
  const sent = [send("t", 0, [record("x")], false), send("t", 1, [record("y")], false)];
  expect(await sent[0]).toBe(5n);
  await expect(sent[1]).rejects.toThrow("does not cover");
});

it("a request that is refused for one record's sake is made again partition by partition", async () => {
  const requests: string[][] = [];
  const send = combineSends(async (_topic, batches) => {
    requests.push(told(batches));
    if (told(batches).join().includes("huge")) throw new BatchTooLargeError("too large");
    return batches.map(() => 1n);
  });
  const sent = ["a", "huge", "c"].map((text, partition) => send("t", partition, [record(text)], false));
  expect((await Promise.allSettled(sent)).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(requests).toEqual([["0:a", "1:huge", "2:c"], ["0:a"], ["1:huge"], ["2:c"]]);
});

it("when nothing is known of a request, all of it fails; a second try goes alone", async () => {
  const requests: string[][] = [];
  let away = true;
  const send = combineSends(async (_topic, batches) => {
    requests.push(told(batches));
    if (away) throw new Error("the connection closed");
    return batches.map(() => 1n);
  });
  const first = await Promise.allSettled([send("t", 0, [record("a")], false), send("t", 1, [record("b")], false)]);
  expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  away = false;
  await Promise.all([send("t", 0, [record("a")], true), send("t", 1, [record("b")], true)]);
  expect(requests).toEqual([["0:a", "1:b"], ["0:a"], ["1:b"]]);
});

it("a request holds sixteen batches at most", async () => {
  const sizes: number[] = [];
  const send = combineSends(async (_topic, batches) => {
    sizes.push(batches.length);
    return batches.map(() => 1n);
  });
  await Promise.all(Array.from({ length: 20 }, (_, partition) => send("t", partition, [record("x")], false)));
  expect(sizes).toEqual([16, 4]);
});
