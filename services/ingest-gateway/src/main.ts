/** The process: settings, telemetry, Kafka, signals. What the gateway does to a request is in pipeline.ts. */
import { openBlobStore } from "@inlet/blob-store";
import {
  ConfigError,
  loadTenants,
  processEnvironment,
  readEnvironment,
  summary,
  warnOfDemoSecrets,
} from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { createKafka } from "@inlet/kafka";
import { metrics, startOpsServer, startTelemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";
import packageJson from "../package.json" with { type: "json" };
import { createGateway } from "./gateway.ts";
import { budgetOfProcess } from "./body/body-budget.ts";
import { gatewayChecks } from "./ops/checks.ts";
import { prepareSchemas } from "./ops/schema-preparation.ts";
import { watchLanes } from "./ops/lane-watch.ts";
import { openSmtpServers } from "./smtp/smtp-servers.ts";
import { watchCertificate } from "./tls/certificate.ts";
import { createTopicCheck } from "./ops/topic-check.ts";

/** Longer than the deadline of a delivery (8 s) and the producer's own (10 s). */
const GRACE_MS = 15_000;
const SERVICE = "ingest-gateway";

async function main(): Promise<void> {
  const env = processEnvironment();
  const environment = readEnvironment(env, ["kafka", "registry", "blobs", "tenants"], { HTTP_PORT: "8080" });
  const { otlpEndpoint, logLevel } = environment;
  const telemetry = startTelemetry({ service: SERVICE, version: packageJson.version, otlpEndpoint, logLevel });
  const { log } = telemetry;
  const tenants = await loadTenants({
    dir: environment.tenantsDir,
    env,
    onReload: (changed) => log.info({ changed }, "tenants reloaded"),
    onFault: (faults) => {
      if (faults.length > 0) metrics.alerts.inc({ code: "tenant_file_broken" });
      log[faults.length > 0 ? "error" : "info"](
        { code: "tenant_file_broken", faults },
        "faults of tenant files; their last good version stays in force",
      );
    },
  });
  log.info({ ...summary(environment), tenants: tenants.all().map(({ id }) => id) }, "starting");
  if (warnOfDemoSecrets(environment, tenants, log)) metrics.alerts.inc({ code: "demo_secrets" });

  const certificate =
    environment.tls === null
      ? null
      : watchCertificate({
          files: environment.tls,
          onFault: (fault) => {
            metrics.alerts.inc({ code: "certificate_broken" });
            log.error({ code: "certificate_broken", fault }, "a changed certificate cannot be used: the old one stays");
          },
        });
  certificate?.onChange(() => log.info("a changed certificate is in use"));

  const kafka = createKafka({ ...environment.kafka, clientId: SERVICE, log });
  const producer = await kafka.producer();
  const blobs = openBlobStore(environment.blobStoreUrl);
  const codec = createCodec({ registry: createRegistry(environment.schemaRegistry) });
  const schemas = prepareSchemas(codec, log);
  const topics = createTopicCheck(kafka);
  const lanes = watchLanes({ kafka, lanes: () => tenants.all().map(({ lane }) => lane), log });
  const checks = gatewayChecks({
    kafka,
    blobs,
    tenants,
    schemas: () => schemas.ready(),
    topicFaults: (wanted) => topics.faults(wanted),
    laneFaults: () => lanes.faults(),
    certificate,
  });
  const { trustedProxies } = environment;
  const shared = {
    tenants,
    producer,
    blobs,
    codec,
    bodyBudget: budgetOfProcess(),
    trustedProxies,
    mustTakeLane: async (lane: string) => lanes.mustTake(lane),
  };
  const app = await createGateway({
    ...shared,
    telemetry,
    certificate: environment.httpTls ? certificate : null,
    linkKeys: environment.urlSigningKeys,
  });
  const ops = await startOpsServer({ ...environment.ops, telemetry, checks });
  const mail = await openSmtpServers({ ...shared, log, certificate }, environment.smtp);

  closeWithGrace({ delay: GRACE_MS, logger: log }, async ({ err, signal }) => {
    if (err !== undefined) log.fatal({ err }, "ending after an error");
    else log.info({ signal }, "draining");
    schemas.stop();
    certificate?.close();
    await Promise.all([app.close(), mail.close()]);
    await producer.close();
    await Promise.allSettled([topics.close(), lanes.close(), tenants.close(), ops.close()]);
    log.info("ended");
    await telemetry.shutdown();
  });
  await app.listen({ host: environment.http.host, port: environment.http.port });
  log.info({ ports: { http: environment.http.port, ops: ops.port, ...mail.ports } }, "listening");
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  throw error;
}
