import { expect, it } from "vitest";
import { fromLineRecord, toLineRecord } from "./parsed-lines.ts";

it("a record goes through a JSON line whole: its bytes, its key or none, its headers in their order", () => {
  const headers = [
    ["a", Buffer.from([0, 255])],
    ["a", Buffer.from("é")],
  ] as const;
  for (const key of ["acme/cnv", null]) {
    const record = { topic: "normalized-events", key, value: Buffer.from([1, 0, 200]), headers };
    const there = fromLineRecord(JSON.parse(JSON.stringify(toLineRecord(record))) as ReturnType<typeof toLineRecord>);
    expect(there).toMatchObject({ topic: record.topic, value: record.value, headers });
    expect(there.key?.toString() ?? null).toBe(key);
  }
});
