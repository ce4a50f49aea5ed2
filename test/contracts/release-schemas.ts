/**
 * Run once when a schema version is released: `node test/contracts/release-schemas.ts`. Writes down the hash of its file and the bytes of its
 * samples. What is written down already is never touched: it is in Kafka.
 */
import { createCodec } from "@inlet/event-codec";
import { VERSIONS, newestVersion } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import {
  GOLDEN_ID,
  hashSchema,
  readGolden,
  releasedHashes,
  schemaFiles,
  writeGolden,
  writeReleasedHashes,
} from "./golden-files.ts";
import { SAMPLE_NAMES, SAMPLES } from "./samples.ts";

const codec = createCodec({
  registry: { getId: () => Promise.resolve(GOLDEN_ID), getSchema: () => Promise.resolve(null) },
});
for (const record of Object.keys(VERSIONS) as RecordName[]) {
  const { version } = newestVersion(record);
  for (const sample of SAMPLE_NAMES) {
    if (readGolden(record, version, sample) !== null) continue;
    const value = SAMPLES[record][sample];
    const bytes = await codec.encode(record, value);
    writeGolden(record, version, sample, { value: { ...value }, bytes });
    console.log(`written: ${record}/${version}, ${sample}`);
  }
}
const hashes = releasedHashes();
for (const file of schemaFiles().toSorted()) hashes[file] ??= hashSchema(file);
writeReleasedHashes(hashes);
