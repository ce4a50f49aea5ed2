import { openBlobStore, type BlobStore } from "@inlet/blob-store";
import {
  ConfigError,
  failureTest,
  loadTenants,
  processEnvironment,
  readEnvironment,
  summary,
  type Environment,
  type Need,
  type Tenants,
  type VariableName,
} from "@inlet/config";
import { createCodec, createRegistry, type Codec } from "@inlet/event-codec";
import { createKafka, type Kafka, type Producer } from "@inlet/kafka";
import { reportTenantFaults } from "../report-alerts.ts";
import { startOpsServer, startTelemetry, type ReadinessCheck, type Telemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";

/** What every service of Inlet is made of; `start` adds its own. */
export interface ServiceContext {
  readonly environment: Environment;
  readonly telemetry: Telemetry;
  readonly log: Telemetry["log"];
  readonly tenants: Tenants;
  readonly kafka: Kafka;
  readonly producer: Producer;
  readonly codec: Codec;
  readonly blobs: BlobStore;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
}

/** A service that is put together and does not work yet. */
export interface StartedService {
  /** What must work for it to do its work, beside tenants and blob store. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** Begins to take work; answers what to say of it, such as its ports. */
  begin(): Promise<object>;
  /** Takes no more work, and lets what is under way end. */
  stop(): Promise<void>;
  /** Ends what the work needed; the producer has closed by then. */
  close(): Promise<void>;
  /** Rejects when it can work no longer: then the process ends. Absent: it always can. */
  readonly failed?: Promise<never>;
}

export interface Service {
  readonly name: string;
  readonly version: string;
  /** Variables that must be set. */
  readonly needs: readonly Need[];
  readonly defaults: Partial<Record<VariableName, string>>;
  /** Whether operators ask at the service's only port, or at one of their own. */
  readonly opsAt: "http" | "ops";
  /** The longest that it may take to end, ms; longer than the work under way. */
  readonly graceMs: number;
  start(context: ServiceContext): Promise<StartedService>;
}

/** The process of a service, from its environment to its end by a signal. Ends the process where it cannot start. */
export async function runService(service: Service): Promise<void> {
  try {
    await run(service);
  } catch (error) {
    // A wrong configuration is the reader's to repair: no stack, every fault a line.
    process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${String((error as Error).stack)}\n`);
    process.exit(1);
  }
}

async function run(service: Service): Promise<void> {
  const { name, version } = service;
  const raw = processEnvironment();
  const test = failureTest(raw);
  const environment = readEnvironment(raw, service.needs, service.defaults);
  const { otlpEndpoint, logLevel } = environment;
  const telemetry = startTelemetry({ service: name, version, otlpEndpoint, logLevel });
  const { log } = telemetry;
  const tenants = await loadTenants({
    dir: environment.tenantsDir,
    env: raw,
    onReload: (changed) => log.info({ changed }, "tenants reloaded"),
    onFault: (faults) => reportTenantFaults(log, faults),
  });
  log.info({ environment: summary(environment), tenants: tenants.all().length }, `${name} starts`);
  const kafka = createKafka({ ...environment.kafka, ...test.session, clientId: name, log });
  const producer = await kafka.producer();
  const blobs = openBlobStore(environment.blobStoreUrl);
  const codec = createCodec({ registry: createRegistry(environment.schemaRegistry) });
  const started = await service.start({
    environment,
    telemetry,
    log,
    tenants,
    kafka,
    producer,
    codec,
    blobs,
    failpoint: test.failpoint,
  });
  const ops = await startOpsServer({
    ...environment[service.opsAt],
    telemetry,
    checks: { ...commonChecks(blobs, tenants), ...started.checks },
  });
  closeWithGrace({ delay: service.graceMs, logger: false }, async ({ err, signal }) => {
    if (err !== undefined) log.fatal({ err }, `${name} ends: unexpected error`);
    else log.info({ signal }, `${name} drains`);
    await started.stop();
    await producer.close();
    await started.close();
    await Promise.all([tenants.close(), ops.close()]);
    log.info({}, `${name} ended`);
    await telemetry.shutdown();
  });
  const said = await started.begin();
  log.info({ ops: ops.port, ...said }, `${name} started`);
  await started.failed;
}

function commonChecks(blobs: BlobStore, tenants: Tenants): Record<string, ReadinessCheck> {
  return {
    blobs: async () => {
      const fault = await blobs.fault();
      return fault === null ? { ok: true } : { ok: false, detail: fault };
    },
    tenants: async () => ({
      ok: true,
      warn: tenants.faults().length > 0,
      detail: `${tenants.all().length} in force`,
    }),
  };
}
