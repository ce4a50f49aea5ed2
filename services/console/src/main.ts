import { findUntold, reconcile } from "@inlet/reconcile";
import {
  ConfigError,
  openWrittenTenantFiles,
  processEnvironment,
  readEnvironment,
  tenantLanes,
  type Environment,
} from "@inlet/config";
import { parseGroupGrants } from "@inlet/domain";
import { createKafka } from "@inlet/kafka";
import { openLedger, poll } from "@inlet/ledger";
import { operationKafkaOn, readFourEyes } from "@inlet/operations";
import { lanesIn } from "@inlet/schemas";
import { startOpsServer, startTelemetry } from "@inlet/telemetry";
import closeWithGrace from "close-with-grace";
import { createIdentityProvider } from "./auth/identity-provider.ts";
import { createConsole } from "./console.ts";
import { openContent } from "./content/open-content.ts";
import { noteAuditHeads, reportBalance } from "./report-balance.ts";
import { createBalanceCount } from "./count-balance.ts";
import { keepBalance } from "./keep-balance.ts";
import { openTry } from "./try/open-try.ts";
import { createRecordLinks } from "./record-links.ts";

const VERSION = "0.1.0";
/** Between two counts of whether every email is accounted for, ms. */
const COUNT_EVERY_MS = 30_000;
const NOTE_HEADS_EVERY_MS = 3_600_000;
const SESSION_MS = 12 * 3_600_000;
const IDLE_MS = 2 * 3_600_000;

const NEEDS = ["kafka", "database", "console", "tenants", "registry", "blobs", "urlSigningKeys"] as const;

try {
  await run(readEnvironment(processEnvironment(), NEEDS, { HTTP_PORT: "8085", OPS_PORT: "8086" }));
} catch (error) {
  // A wrong configuration or a taken port is the reader's to repair: no stack, every fault a line.
  const said = error instanceof ConfigError ? `\n${error.message}` : ` ${String((error as Error).message)}`;
  process.stderr.write(`console cannot start:${said}\n`);
  process.exit(1);
}

async function run(environment: Environment): Promise<void> {
  const {
    consoleUrl,
    databaseUrl,
    http,
    kafka: brokers,
    logLevel,
    otlpEndpoint,
    tracesUrl,
    trustedProxies,
  } = environment;
  const telemetry = startTelemetry({ service: "console", version: VERSION, otlpEndpoint, logLevel });
  const { log } = telemetry;
  const { oidc } = environment;
  const provider =
    oidc === null
      ? null
      : createIdentityProvider({ ...oidc, grants: parseGroupGrants(oidc.grants), origin: consoleUrl });
  // Few connections: however many look, mail comes first.
  const ledger = openLedger({ connectionString: databaseUrl, applicationName: "console", maxConnections: 4 });
  const kafka = createKafka({ ...brokers, clientId: "console", log });
  const { accounts } = ledger.inspect;
  const countBalance = createBalanceCount({
    count: async () => {
      const admin = await kafka.admin();
      try {
        const lanes = lanesIn(await admin.topics());
        return await reconcile(accounts, admin, { lanes, deep: null, journey: false, onProgress: () => {} });
      } finally {
        await admin.close();
      }
    },
    findUntold: async () => findUntold(accounts),
  });
  const balance = keepBalance(
    async () => {
      const report = await countBalance();
      reportBalance({ at: Date.now(), report });
      return report;
    },
    COUNT_EVERY_MS,
    log,
  );
  const reader = kafka.reader();
  const heads = poll(
    async () => {
      await noteAuditHeads(ledger.auditLog, Date.now(), log);
      return false;
    },
    {
      idleMs: NOTE_HEADS_EVERY_MS,
      errorMs: COUNT_EVERY_MS,
      onError: (err) => log.warn({ err }, "the heads of the audit chains cannot be noted"),
    },
  );
  const tries = openTry(environment.tenantsDir, log);
  const app = await createConsole({
    ledger,
    content: openContent(environment, reader),
    tries,
    surroundings: {
      kafka: operationKafkaOn(kafka),
      listTenants: () => tenantLanes(environment.tenantsDir),
      // Of its machine alone: every machine has a copy of the files.
      switchIsolation: null,
      fourEyes: readFourEyes(environment.fourEyes),
      searchKey: environment.searchKey,
      consoleUrl,
    },
    log,
    origin: consoleUrl,
    tracesUrl,
    recordLinks: createRecordLinks({
      inspect: ledger.inspect,
      files: openWrittenTenantFiles(environment.tenantsDir),
      resolve: (name) => processEnvironment()[name] ?? null,
    }),
    searchKey: environment.searchKey,
    trustedProxies,
    sessionMs: SESSION_MS,
    idleMs: IDLE_MS,
    provider,
    providerOrigin: oidc === null ? null : new URL(oidc.issuer).origin,
    balance: () => balance.current(),
    now: Date.now,
  });
  const address = await app.listen({ host: http.host, port: http.port });
  // Last: that it is ready means that its pages are there.
  const ops = await startOpsServer({
    ...environment.ops,
    telemetry,
    checks: { ledger: async () => ({ ok: await ledger.ready(), detail: "answers, migrations applied" }) },
  });
  log.info({ address, consoleUrl }, "console started");
  closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err !== undefined) log.fatal({ err }, "console ends: unexpected error");
    await app.close();
    await Promise.all([balance.stop(), heads.stop(), ops.close()]);
    await reader.close();
    tries.close();
    await ledger.close();
    log.info({}, "console ended");
    await telemetry.shutdown();
  });
}
