import { openBlobStore } from "@inlet/blob-store";
import { readRulesFile, type Environment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import type { RecordReader } from "@inlet/kafka";
import type { ContentDeps } from "./content-deps.ts";
import { createImageFetch } from "./fetch-image.ts";
import { createKafkaContent } from "./kafka-content.ts";
import { createViewLimit } from "./view-limit.ts";

/** The content of emails where it really is. Nothing is connected to before somebody looks. */
export function openContent(environment: Environment, reader: RecordReader): ContentDeps {
  const codec = createCodec({ registry: createRegistry(environment.schemaRegistry) });
  const blobs = openBlobStore(environment.blobStoreUrl);
  return {
    store: createKafkaContent({ reader, codec, blobs, now: Date.now }),
    needsReason: (tenant) => needsReason(environment.tenantsDir, tenant),
    limit: createViewLimit(() => performance.now()),
    keys: environment.urlSigningKeys,
    fetchImage: createImageFetch(),
  };
}

/** Of a tenant whose file is not there or cannot be read, a reason is asked for: what it wants is not known. */
function needsReason(dir: string, tenant: string): boolean {
  return readRulesFile(dir, tenant)?.tenant?.console.reason !== "optional";
}
