import type { KafkaRecord } from "@inlet/kafka";
import { expect, test } from "vitest";
import { createReadAhead } from "./read-ahead.ts";

const at = (offset: bigint, partition = 0): KafkaRecord =>
  ({ topic: "raw-events", partition, offset }) as unknown as KafkaRecord;
const NOTHING = { paused: false, ended: new Set(), unmarked: [] };

test("what ended behind a record that could not be done is known when the partition is read again from there, once", () => {
  const ahead = createReadAhead();
  ahead.keep(at(5n), 6n, { paused: false, ended: new Set([4n, 7n, 9n]), unmarked: [] }, true);
  expect(ahead.of(at(6n))).toEqual({ paused: true, ended: new Set([7n, 9n]), unmarked: [] });
  expect(ahead.of(at(6n))).toEqual(NOTHING);
});

test.each([
  ["read from an earlier place, nothing is: somebody set the offsets back", at(5n), NOTHING],
  ["read from a later place, it did not pause there", at(7n), { ...NOTHING, ended: new Set([7n]) }],
  ["of another partition nothing is", at(6n, 1), NOTHING],
])("%s", (_what, first, expected) => {
  const ahead = createReadAhead();
  ahead.keep(at(5n), 6n, { paused: false, ended: new Set([7n]), unmarked: [] }, true);
  expect(ahead.of(first)).toEqual(expected);
});

test("where nothing ended ahead and nothing paused, nothing is kept", () => {
  const ahead = createReadAhead();
  ahead.keep(at(5n), 6n, { paused: true, ended: new Set([5n]), unmarked: [] }, false);
  expect(ahead.of(at(6n))).toEqual(NOTHING);
});
