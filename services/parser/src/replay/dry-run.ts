import { availableParallelism } from "node:os";
import process from "node:process";
import { createOverlayStore, initBlobStore, openBlobStore } from "@inlet/blob-store";
import { loadTenants, processEnvironment, readEnvironment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { createKafka } from "@inlet/kafka";
import { openDryLedger } from "@inlet/ledger";
import { readMeantRecords, toLineRecord, type MeantRecords, type ParsedLine } from "@inlet/service";
import { createAttachmentFetch } from "../fetch/fetch-attachment.ts";
import { createObjectFetch } from "../fetch/fetch-object.ts";
import { createScanner } from "../scan/scanner.ts";
import { createSenderPool } from "../sender/sender-pool.ts";
import { createParsePool } from "../workers/parse-pool.ts";
import { poolSize } from "../workers/pool-size.ts";
import { previewParse } from "./preview-parse.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
/** Nothing waits behind it: it takes the time that name servers take, ms. */
const PATIENT_MS = 10_000;

/** Parses everything that is asked for anew, and tells line by line what it comes to. What it stores lies in `blobsUrl`, the dry run's own. */
export async function runDryParse(
  requests: readonly MeantRecords[],
  blobsUrl: string,
  tell: (line: ParsedLine) => Promise<void>,
): Promise<void> {
  const env = processEnvironment();
  const environment = readEnvironment(env, ["kafka", "registry", "database", "blobs", "tenants"]);
  await initBlobStore(blobsUrl);
  const tenants = await loadTenants({ dir: environment.tenantsDir, env, onReload: () => {}, onFault: () => {} });
  const ledger = openDryLedger({
    connectionString: environment.databaseUrl,
    applicationName: "inlet dry run",
    maxConnections: 2,
  });
  const admin = await createKafka({ ...environment.kafka, clientId: "inlet-dry-run", log: SILENT }).admin();
  const { memoryMb } = poolSize(availableParallelism(), process.constrainedMemory());
  const pool = createParsePool({ workers: 1, memoryMb, timeoutMs: PATIENT_MS });
  const senders = createSenderPool({
    memoryMb,
    timeoutMs: PATIENT_MS,
    waitMs: PATIENT_MS,
    deadlineMs: PATIENT_MS / 2,
    lookups: 50,
  });
  const blobs = createOverlayStore(openBlobStore(environment.blobStoreUrl), openBlobStore(blobsUrl));
  const deps = {
    ledger,
    codec: createCodec({ registry: createRegistry(environment.schemaRegistry) }),
    blobs,
    tenants,
    pool,
    fetchAttachment: createAttachmentFetch(),
    verifySender: async (...asked: Parameters<typeof senders.verify>) => senders.verify(...asked),
    fetchObject: createObjectFetch(),
    scanner: environment.clamdUrl === null ? null : createScanner(environment.clamdUrl),
    searchKey: null,
    instance: "dry-run",
    log: SILENT,
    now: Date.now,
    random: Math.random,
    failpoint: () => {},
  };
  try {
    for (const request of requests) {
      for await (const record of readMeantRecords(admin, request)) {
        const seen = await previewParse(deps, blobs, record);
        if (seen.kind === "parsed") await tell({ record: toLineRecord(seen.record) });
        else {
          const { tenant, eventId, result, reason, detail } = seen;
          await tell({ ended: { tenant, eventId, result, reason, detail } });
        }
      }
    }
  } finally {
    await Promise.all([pool.close(), senders.close(), admin.close(), tenants.close(), ledger.close()]);
  }
}
