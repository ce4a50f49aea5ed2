import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { openBlobStore } from "@inlet/blob-store";
import { ConfigError, failureTest, loadTenants, processEnvironment, readEnvironment, summary } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { createKafka } from "@inlet/kafka";
import { openLedger } from "@inlet/ledger";
import { metrics, startOpsServer, startTelemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";
import { createParser } from "./parser.ts";
import { createAttachmentFetch } from "./fetch/fetch-attachment.ts";
import { createObjectFetch } from "./fetch/fetch-object.ts";
import { createParsePool } from "./workers/parse-pool.ts";
import { poolSize } from "./workers/pool-size.ts";
import { createSenderPool } from "./sender/sender-pool.ts";
import { createScanner } from "./scan/scanner.ts";

/** The longest that an email may take, ms of processor time (docs/concepts/architecture.md). */
const PARSE_TIMEOUT_MS = 10_000;
/** What DNS may take for SPF, DKIM and DMARC of one email, ms. */
const SENDER_DNS_MS = 5000;
/** SPF asks up to 10 questions, DMARC up to 8, DKIM one a signature. */
const SENDER_LOOKUPS = 50;
/** DNS and computing; a mail that takes longer would take forever. */
const SENDER_TIMEOUT_MS = 10_000;
/** What a batch waits for the verdict on one of its emails, its turn included, ms. */
const SENDER_WAIT_MS = 1000;

try {
  await run();
} catch (error) {
  // A wrong configuration is the reader's to mend: no stack, every fault a line.
  process.stderr.write(
    error instanceof ConfigError ? `parser cannot start:\n${error.message}\n` : `${String((error as Error).stack)}\n`,
  );
  process.exit(1);
}

async function run(): Promise<void> {
  const raw = processEnvironment();
  const test = failureTest(raw);
  const environment = readEnvironment(raw, ["kafka", "registry", "database", "blobs", "tenants"], {
    HTTP_PORT: "8082",
  });
  const telemetry = startTelemetry({
    service: "parser",
    version: "0.1.0",
    otlpEndpoint: environment.otlpEndpoint,
    logLevel: environment.logLevel,
  });
  const { log } = telemetry;
  const tenants = await loadTenants({
    dir: environment.tenantsDir,
    env: raw,
    onFault: (faults) => {
      if (faults.length > 0) metrics.alerts.inc({ code: "tenant_file_broken" });
      log[faults.length > 0 ? "error" : "info"](
        { code: "tenant_file_broken", faults },
        "faults of tenant files; their last good version stays in force",
      );
    },
  });
  const kafka = createKafka({ ...environment.kafka, ...test.session, clientId: "parser", log });
  const ledger = openLedger({
    connectionString: environment.databaseUrl,
    applicationName: "parser",
    parkedMaxBytes: environment.parkedMaxBytes,
  });
  const producer = await kafka.producer();
  const { workers, memoryMb } = poolSize(availableParallelism(), process.constrainedMemory());
  const pool = createParsePool({
    workers,
    memoryMb,
    timeoutMs: PARSE_TIMEOUT_MS,
  });
  const senders = createSenderPool({
    memoryMb,
    timeoutMs: SENDER_TIMEOUT_MS,
    waitMs: SENDER_WAIT_MS,
    deadlineMs: SENDER_DNS_MS,
    lookups: SENDER_LOOKUPS,
  });
  const blobs = openBlobStore(environment.blobStoreUrl);
  const scanner = environment.clamdUrl === null ? null : createScanner(environment.clamdUrl);
  const parser = createParser(
    kafka,
    {
      ledger,
      codec: createCodec({ registry: createRegistry(environment.schemaRegistry) }),
      blobs,
      tenants,
      producer,
      pool,
      fetchAttachment: createAttachmentFetch(),
      verifySender: async (job, asking) => senders.verify(job, asking),
      fetchObject: createObjectFetch(),
      scanner,
      instance: `parser/${randomUUID()}`,
      log,
      now: Date.now,
      random: Math.random,
      reach: test.reach,
    },
    environment.lanes,
  );
  const ops = await startOpsServer({
    ...environment.http,
    telemetry,
    checks: {
      kafka: async () => ({ ok: parser.healthy(), detail: "consumer in its group" }),
      ledger: async () => ({ ok: await ledger.ready(), detail: "answers, migrations applied" }),
      blobs: async () => {
        const fault = await blobs.fault();
        return fault === null ? { ok: true } : { ok: false, detail: fault };
      },
      ...(scanner === null
        ? {}
        : { scanner: async () => ({ ok: true, warn: !(await scanner.ready()), detail: "ClamAV answers" }) }),
      tenants: async () => ({
        ok: true,
        warn: tenants.faults().length > 0,
        detail: `${tenants.all().length} in force`,
      }),
    },
  });
  closeWithGrace({ delay: 25_000, logger: false }, async ({ err }) => {
    if (err !== undefined) log.fatal({ err }, "parser ends: unexpected error");
    else log.info({}, "parser drains");
    await parser.stop();
    await producer.close();
    await Promise.all([pool.close(), senders.close()]);
    await Promise.all([tenants.close(), ops.close(), ledger.close()]);
    await telemetry.shutdown();
  });
  await Promise.all([pool.warm(), senders.warm()]);
  await parser.start();
  log.info({ port: ops.port, environment: summary(environment) }, "parser started");
  await parser.failed;
}
