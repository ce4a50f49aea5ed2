import { describe, expect, it } from "vitest";
import { VERSIONS, newestVersion, getVersions } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import { SAMPLES } from "./samples.ts";
import { namedTypes, walkFields, walkValue } from "./schema-walk.ts";

const records = Object.keys(VERSIONS) as RecordName[];
const PII_TAGS = ["address", "name", "phone", "content"];
/** Names that say by themselves that people or their words are inside. */
const PRIVATE_NAME =
  /^(email|address|mailbox|phones?|subject|text|html|replyText|body|filename)$|email$|(first|last|display)name$/i;

describe("TypeScript's values and the newest .avsc", () => {
  it.each(records)("%s: the same fields in every record, and samples that reach every one", (record) => {
    const { schema } = newestVersion(record);
    const reached = new Set<string>();
    for (const sample of [SAMPLES[record].small, SAMPLES[record].full]) {
      for (const at of walkValue(schema, sample)) {
        expect(at.keys.toSorted(), `${record}: ${at.path || "the record"}`).toEqual(at.fields.toSorted());
        reached.add(at.type);
      }
    }
    expect([...reached].toSorted()).toEqual([...namedTypes(schema)].toSorted());
  });
});

describe("every version", () => {
  const versions = records.flatMap(getVersions);

  it.each(versions)("$file explains every record and field", ({ schema }) => {
    const fields = walkFields(schema);
    expect(fields.length).toBeGreaterThan(5);
    expect(fields.filter(({ doc }) => doc.trim() === "").map(({ path }) => path)).toEqual([]);
  });

  it.each(versions)("$file tags what holds people and their words", ({ schema }) => {
    const fields = walkFields(schema);
    const untagged = fields.filter(
      ({ name, pii, holdsText }) => holdsText && PRIVATE_NAME.test(name) && !PII_TAGS.includes(pii ?? ""),
    );
    expect(untagged.map(({ path }) => path)).toEqual([]);
    const unknown = fields.filter(({ pii }) => pii !== undefined && !PII_TAGS.includes(pii));
    expect(unknown.map(({ path }) => path)).toEqual([]);
  });

  it("has its names and its namespace", () => {
    for (const { schema, record } of versions) {
      expect([schema["name"], schema["namespace"]]).toEqual([record, "io.inlet"]);
    }
  });

  it("tags the fields through which a person could be found", () => {
    const tagged = walkFields(newestVersion("NormalizedEvent").schema).flatMap(({ path, pii }) =>
      pii === undefined ? [] : [`${path}: ${pii}`],
    );
    expect(tagged).toEqual(
      expect.arrayContaining([
        "envelope.from: address",
        "envelope.to: address",
        "from.email: address",
        "from.name: name",
        "signature.phones: phone",
        "subject: content",
        "headers.value: content",
      ]),
    );
  });
});
