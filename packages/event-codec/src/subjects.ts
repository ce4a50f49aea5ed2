import { TOPICS, VERSIONS } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";

/** The registry subject of a record: `<topic>-value` of the topic's base name, one for all lanes. The dlq carries original bytes and has none. */
export function getSubject(record: RecordName): string {
  return `${TOPICS[VERSIONS[record].topic].name}-value`;
}
