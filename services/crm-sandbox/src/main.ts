import { ConfigError, processEnvironment, readSandboxEnvironment } from "@inlet/config";
import { startTelemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";
import { createSandbox } from "./app.ts";

try {
  await run();
} catch (error) {
  // A wrong configuration or a taken port is the reader's to repair: one line each, no stack.
  const said = error instanceof ConfigError ? `\n${error.message}` : ` ${String((error as Error).message)}`;
  process.stderr.write(`crm-sandbox cannot start:${said}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
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
  const url = await app.listen({ host: environment.http.host, port: environment.http.port });
  log.info({ url }, "CRM sandbox ready");
  closeWithGrace({ delay: 5000, logger: false }, async ({ err }) => {
    if (err !== undefined) log.fatal({ err }, "the sandbox ends on an error");
    await app.close();
    await telemetry.shutdown();
  });
}
