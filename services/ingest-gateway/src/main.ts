/** The process. What the gateway does to a request is in pipeline.ts. */
import { runService } from "@inlet/service";
import packageJson from "../package.json" with { type: "json" };
import { createGateway } from "./gateway.ts";
import { getProcessBudget } from "./body/body-budget.ts";
import { gatewayChecks } from "./ops/checks.ts";
import { reportBrokenCertificate, reportDemoSecrets } from "./ops/start-alerts.ts";
import { prepareSchemas } from "./ops/schema-preparation.ts";
import { watchLanes } from "./ops/lane-watch.ts";
import { openSmtpServers } from "./smtp/smtp-servers.ts";
import { watchCertificate } from "./tls/certificate.ts";
import { createTopicCheck } from "./ops/topic-check.ts";

await runService({
  name: "ingest-gateway",
  version: packageJson.version,
  needs: ["kafka", "registry", "blobs", "tenants"],
  defaults: { HTTP_PORT: "8080" },
  opsAt: "ops",
  // Longer than the deadline of a delivery (8 s) and the producer's own (10 s).
  graceMs: 15_000,
  start: async ({ environment, telemetry, log, tenants, kafka, producer, codec, blobs }) => {
    reportDemoSecrets(environment, tenants, log);
    const certificate =
      environment.tls === null
        ? null
        : watchCertificate({
            files: environment.tls,
            onFault: (fault) => reportBrokenCertificate(log, fault),
          });
    certificate?.onChange(() => log.info("a changed certificate is in use"));

    const schemas = prepareSchemas(codec, log);
    const topics = createTopicCheck(kafka);
    const lanes = watchLanes({ kafka, lanes: () => tenants.all().map(({ lane }) => lane), log });
    const { trustedProxies } = environment;
    const shared = {
      tenants,
      producer,
      blobs,
      codec,
      bodyBudget: getProcessBudget(),
      trustedProxies,
      mustTakeLane: async (lane: string) => lanes.mustTake(lane),
    };
    const app = await createGateway({
      ...shared,
      telemetry,
      certificate: environment.httpTls ? certificate : null,
      linkKeys: environment.urlSigningKeys,
    });
    const mail = await openSmtpServers({ ...shared, log, certificate }, environment.smtp);
    return {
      checks: gatewayChecks({
        kafka,
        blobs,
        tenants,
        schemas: () => schemas.ready(),
        topicFaults: (wanted) => topics.faults(wanted),
        laneFaults: () => lanes.faults(),
        certificate,
      }),
      begin: async () => {
        await app.listen({ host: environment.http.host, port: environment.http.port });
        return { http: environment.http.port, ...mail.ports };
      },
      stop: async () => {
        schemas.stop();
        certificate?.close();
        await Promise.all([app.close(), mail.close()]);
      },
      close: async () => {
        await Promise.allSettled([topics.close(), lanes.close()]);
      },
    };
  },
});
