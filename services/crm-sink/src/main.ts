import { randomUUID } from "node:crypto";
import { openBlobStore } from "@inlet/blob-store";
import { ConfigError, failureTest, loadTenants, processEnvironment, readEnvironment, summary } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { createKafka } from "@inlet/kafka";
import { openLedger } from "@inlet/ledger";
import { metrics, startOpsServer, startTelemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";
import { createSink } from "./sink.ts";
import { checkAccounts } from "./crm/crm-account.ts";
import { createTenantCrms } from "./crm/crm-connections.ts";

/** Emails tried at the same time; a tenant alone gets three quarters of it (fair-queue.ts). */
const CONCURRENCY = 64;

try {
  await run();
} catch (error) {
  // A wrong configuration is the reader's to mend: no stack, every fault a line.
  process.stderr.write(
    error instanceof ConfigError ? `crm-sink cannot start:\n${error.message}\n` : `${String((error as Error).stack)}\n`,
  );
  process.exit(1);
}

async function run(): Promise<void> {
  const raw = processEnvironment();
  const test = failureTest(raw);
  const environment = readEnvironment(raw, ["kafka", "registry", "database", "blobs", "tenants"], {
    HTTP_PORT: "8083",
  });
  const telemetry = startTelemetry({
    service: "crm-sink",
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
  const kafka = createKafka({ ...environment.kafka, ...test.session, clientId: "crm-sink", log });
  const ledger = openLedger({
    connectionString: environment.databaseUrl,
    applicationName: "crm-sink",
    parkedMaxBytes: environment.parkedMaxBytes,
  });
  const producer = await kafka.producer();
  const codec = createCodec({ registry: createRegistry(environment.schemaRegistry) });
  const blobs = openBlobStore(environment.blobStoreUrl);
  const crms = createTenantCrms({ ledger, log, random: Math.random, reach: test.reach });
  const sink = createSink(
    kafka,
    {
      ledger,
      codec,
      blobs,
      tenants,
      crms,
      producer,
      instance: `crm-sink/${randomUUID()}`,
      log,
      now: Date.now,
      monotonic: () => performance.now(),
      random: Math.random,
      reach: test.reach,
    },
    { lanes: environment.lanes, concurrency: CONCURRENCY },
  );
  const ops = await startOpsServer({
    ...environment.http,
    telemetry,
    checks: {
      kafka: async () => ({ ok: sink.healthy(), detail: "consumer in its group" }),
      ledger: async () => ({ ok: await ledger.ready(), detail: "answers, migrations applied" }),
      blobs: async () => {
        const fault = await blobs.fault();
        return fault === null ? { ok: true } : { ok: false, detail: fault };
      },
      tenants: async () => ({
        ok: true,
        warn: tenants.faults().length > 0,
        detail: `${tenants.all().length} in force`,
      }),
    },
  });
  closeWithGrace({ delay: 25_000, logger: false }, async ({ err }) => {
    if (err !== undefined) log.fatal({ err }, "crm-sink ends: unexpected error");
    else log.info({}, "crm-sink drains");
    await sink.stop();
    await producer.close();
    // A refresh token that came last must still reach the ledger.
    await crms.close();
    await Promise.all([tenants.close(), ops.close(), ledger.close()]);
    await telemetry.shutdown();
  });
  await sink.start();
  void checkAccounts(
    { crms, log },
    tenants.all().filter(({ lane }) => environment.lanes.includes(lane)),
  );
  log.info({ port: ops.port, environment: summary(environment) }, "crm-sink started");
  await sink.failed;
}
