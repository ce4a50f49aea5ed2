import { describe, expect, it } from "vitest";
import type { Outcome } from "@inlet/schemas";
import { createCodec } from "./codec.ts";
import { UndecodableRecordError } from "./errors.ts";
import { createLocalSchemaIds } from "./local-schema-ids.ts";
import { avroType } from "./record-types.ts";

const outcome: Outcome = {
  eventId: "evt_1",
  tenantId: "demo",
  lane: "shared",
  emailKey: "eml_1",
  state: "written",
  reason: null,
  warnings: ["file_refused", "task_failed"],
  duplicateOf: null,
  crm: "hubspot",
  effects: [
    { effect: "contact", key: "c", recordId: "1" },
    { effect: "deal", key: "d", recordId: null },
  ],
  pass: 0,
  attempts: 1,
  receivedAt: 1,
  endedAt: 2,
};
const codec = createCodec({ registry: createLocalSchemaIds() });

/** mulberry32: the same damage in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe("a damaged record", () => {
  it("ends as undecodable or as some value, whatever bytes were changed; never as another error, never out of memory", async () => {
    const random = seeded(42);
    const good = await codec.encode("Outcome", outcome);
    const seen = { decoded: 0, undecodable: 0 };
    for (let round = 0; round < 5000; round++) {
      const bytes = Buffer.from(good);
      for (let change = 0; change < 3; change++) bytes[5 + random(bytes.length - 5)] = random(256);
      const failure = await codec.decode("Outcome", bytes, "Outcome/1").then(
        () => null,
        (error: unknown) => error,
      );
      if (failure === null) seen.decoded += 1;
      else {
        expect(failure).toBeInstanceOf(UndecodableRecordError);
        seen.undecodable += 1;
      }
    }
    expect(seen.decoded).toBeGreaterThan(100);
    expect(seen.undecodable).toBeGreaterThan(100);
  });
});

describe("arrays", () => {
  const list = { type: "record", name: "L", fields: [{ name: "items", type: { type: "array", items: "string" } }] };
  const withMore = {
    ...list,
    fields: [{ name: "more", type: { type: "array", items: "string" } }, ...list.fields],
  };
  const type = avroType(list);
  const resolver = type.createResolver(avroType(withMore));
  /** Zigzag varint of 2^40. */
  const huge = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x40]);
  /** "a" and "b" as one block of two with its size in bytes, as other Avro libraries write it; then the end. */
  const sized = Buffer.from([3, 8, 2, 0x61, 2, 0x62, 0]);

  it("reads and skips blocks that give their size", () => {
    expect(type.fromBuffer(sized)).toEqual({ items: ["a", "b"] });
    expect(type.fromBuffer(Buffer.concat([sized, sized]), resolver)).toEqual({ items: ["a", "b"] });
  });

  it("refuses a count beyond the bytes left, read or skipped", () => {
    const damaged = Buffer.concat([huge, sized]);
    expect(() => type.fromBuffer(damaged) as unknown).toThrow("1099511627776 items announced, 7 bytes left");
    expect(() => type.fromBuffer(damaged, resolver) as unknown).toThrow("items announced");
    expect(() => type.fromBuffer(Buffer.concat([sized, damaged]), resolver) as unknown).toThrow("items announced");
  });
});
