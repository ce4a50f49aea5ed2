import { readFileSync } from "node:fs";
import type { TopicName } from "./topics.ts";
import type { RecordName } from "./values.ts";

/** Every released version of every record, oldest first. A version is a file that is never edited; a change is a new file and a new line. */
export const VERSIONS = {
  RawEvent: { topic: "rawEvents", files: ["raw-events/RawEvent.v1.avsc", "raw-events/RawEvent.v2.avsc"] },
  NormalizedEvent: {
    topic: "normalizedEvents",
    files: ["normalized-events/NormalizedEvent.v1.avsc", "normalized-events/NormalizedEvent.v2.avsc"],
  },
  Outcome: { topic: "outcomes", files: ["outcomes/Outcome.v1.avsc"] },
  OutboundMessage: { topic: "outboundMessages", files: ["outbound-messages/OutboundMessage.v1.avsc"] },
} as const satisfies Record<RecordName, { topic: TopicName; files: readonly string[] }>;

export interface SchemaVersion {
  readonly record: RecordName;
  /** 1 for the first. */
  readonly version: number;
  /** The Avro schema, parsed JSON. */
  readonly schema: Record<string, unknown>;
  /** Repository path below `schemas/`. */
  readonly file: string;
}

export function getVersions(record: RecordName): SchemaVersion[] {
  return VERSIONS[record].files.map((file, index) => ({
    record,
    version: index + 1,
    file,
    schema: JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")) as Record<string, unknown>,
  }));
}

export function newestVersion(record: RecordName): SchemaVersion {
  return getVersions(record).at(-1) as SchemaVersion;
}
