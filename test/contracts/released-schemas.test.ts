import { describe, expect, it } from "vitest";
import { avroType, createCodec } from "@inlet/event-codec";
import { VERSIONS, getVersions } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import { GOLDEN_ID, hashSchema, readGolden, releasedHashes, schemaFiles } from "./golden-files.ts";
import { SAMPLE_NAMES, SAMPLES } from "./samples.ts";

const records = Object.keys(VERSIONS) as RecordName[];
const versions = records.flatMap(getVersions);
const cases = versions.flatMap((version) => SAMPLE_NAMES.map((sample) => ({ ...version, sample })));
const codec = createCodec({
  registry: { getId: () => Promise.resolve(GOLDEN_ID), getSchema: () => Promise.resolve(null) },
});

/** When this fails: a released version is never edited. Add a new file and a line in versions.ts, then run `node test/contracts/release-schemas.ts`. */
describe("released schema files", () => {
  it("are all listed in versions.ts and written down, and nothing else is", () => {
    const files = schemaFiles().toSorted();
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(versions.map(({ file }) => file).toSorted()).toEqual(files);
    expect(Object.keys(releasedHashes()).toSorted()).toEqual(files);
  });

  it.each(versions)("$file is byte for byte as released", ({ file }) => {
    expect(hashSchema(file)).toBe(releasedHashes()[file]);
  });
});

describe("golden bytes", () => {
  it.each(cases)("$record/$version $sample: the version still writes them", ({ record, version, sample, schema }) => {
    const golden = readGolden(record, version, sample);
    expect(golden).not.toBeNull();
    expect(avroType(schema).toBuffer(golden?.value).toString("hex")).toBe(golden?.bytes.subarray(5).toString("hex"));
  });

  it.each(cases)("$record/$version $sample: today's codec reads them", async ({ record, version, sample }) => {
    const golden = readGolden(record, version, sample);
    const decoded = await codec.decode(record, golden?.bytes ?? Buffer.alloc(0), `${record}/${version}`);
    expect(decoded).toMatchObject(golden?.value ?? { missing: true });
  });

  it.each(records.flatMap((record) => SAMPLE_NAMES.map((sample) => ({ record, sample }))))(
    "$record $sample: today's codec writes those of the newest version",
    async ({ record, sample }) => {
      const golden = readGolden(record, getVersions(record).length, sample);
      const bytes = await codec.encode(record, SAMPLES[record][sample]);
      expect(bytes.toString("hex")).toBe(golden?.bytes.toString("hex"));
      expect(bytes.subarray(0, 5).toString("hex")).toBe("0001020304");
    },
  );
});
