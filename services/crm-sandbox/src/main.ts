import { processEnvironment, readSandboxEnvironment } from "@inlet/config";
import { startTelemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";
import { createSandbox } from "./app.ts";

const environment = readSandboxEnvironment(processEnvironment());
// The CRM is not a part of Inlet: it logs, but traces nothing.
const telemetry = startTelemetry({
  service: "crm-sandbox",
  version: "0.1.0",
  otlpEndpoint: null,
  logLevel: environment.logLevel,
});
const { log } = telemetry;
const { app } = createSandbox({
  dataDir: environment.dataDir,
  tokens: environment.tokens,
  searchLagMs: environment.searchLagMs,
  limits: { perTenSeconds: environment.perTenSeconds },
  log,
});
closeWithGrace({ delay: 5000, logger: false }, async ({ err }) => {
  if (err !== undefined) log.fatal({ err }, "the sandbox ends on an error");
  await app.close();
  await telemetry.shutdown();
});
const url = await app.listen({ host: environment.http.host, port: environment.http.port });
log.info({ url }, "CRM sandbox ready");
