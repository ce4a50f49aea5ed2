import { describe, expect, it } from "vitest";
import { avroType, incompatibility } from "@inlet/event-codec";
import { VERSIONS, newestVersion, getVersions } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import { readGolden } from "./golden-files.ts";
import { SAMPLE_NAMES } from "./samples.ts";

const records = Object.keys(VERSIONS) as RecordName[];
const pairs = records.flatMap((record) =>
  getVersions(record).flatMap((reader) => getVersions(record).map((writer) => ({ record, reader, writer }))),
);

describe("every version reads every other (FULL_TRANSITIVE)", () => {
  it.each(pairs)("$record/$reader.version reads $record/$writer.version", ({ record, reader, writer }) => {
    expect(incompatibility(reader.schema, writer.schema)).toBeNull();
    const readerType = avroType(reader.schema);
    const resolver = readerType.createResolver(avroType(writer.schema));
    for (const sample of SAMPLE_NAMES) {
      const golden = readGolden(record, writer.version, sample);
      const read: unknown = readerType.fromBuffer(golden?.bytes.subarray(5) ?? Buffer.alloc(0), resolver);
      expect(readerType.isValid(read)).toBe(true);
      expect(read).toMatchObject({ tenantId: golden?.value["tenantId"] as string });
    }
  });
});

describe("the compatibility check itself", () => {
  const { schema } = newestVersion("OutboundMessage");
  const fields = schema["fields"] as { name: string; type: unknown }[];
  const withFields = (changed: unknown[]) => incompatibility(schema, { ...schema, fields: changed });

  it("passes a new field with a default, and a removed one that had a default", () => {
    expect(withFields([...fields, { name: "channel", type: ["null", "string"], default: null }])).toBeNull();
    expect(withFields(fields.filter(({ name }) => name !== "campaign"))).toBeNull();
  });

  it.each([
    ["a new field without default", [...fields, { name: "channel", type: "string" }]],
    ["a removed field without default", fields.filter(({ name }) => name !== "sentAt")],
    ["a renamed field", fields.map((field) => (field.name === "sentAt" ? { ...field, name: "sent" } : field))],
    ["another type", fields.map((field) => (field.name === "sentAt" ? { ...field, type: "string" } : field))],
    [
      "a widened type, which old readers cannot read",
      fields.map((f) => (f.name === "sentAt" ? { ...f, type: "double" } : f)),
    ],
  ])("refuses %s", (_, changed) => {
    expect(withFields(changed)).toEqual(expect.any(String));
  });
});
