import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { initBlobStore, type InitializedStore } from "@inlet/blob-store";
import { readEnvironment } from "@inlet/config";
import { registerSchemas } from "@inlet/event-codec";
import { type LocalStack, findOwner, startLocalStack } from "@inlet/local-stack";
import { openLedger } from "@inlet/ledger";
import {
  type CliContext,
  CommandFailed,
  STACK_ENV_FILE,
  demoEnvironment,
  readEnvFile,
  withDefaults,
} from "../context.ts";
import { runDemo } from "../demo/run-demo.ts";
import { toExitCode } from "../demo/table.ts";
import { createConsoleLink } from "../console-link.ts";
import { AFTER_START_MS, withAdmin } from "../kafka-admin.ts";
import { noteBlobStore } from "../note-blob-store.ts";
import { externalServices } from "./external-services.ts";
import { type UpPorts, chosenPorts } from "./ports.ts";
import { startProgress } from "./progress.ts";
import { type OffsetReset, parseOffsetReset, resetOffsets } from "./reset-offsets.ts";
import { assertServicePortsFree, serviceEnvironment, startServices } from "./services.ts";
import { getLogDir, printEndpoints } from "./print-endpoints.ts";

export interface UpOptions {
  readonly once: boolean;
  readonly data: string;
  readonly demo: boolean;
  readonly port: readonly string[];
  readonly resetOffsets: readonly string[];
}

/**
 * Everything that `inlet up` does, until `signal` aborts or, with `once`, until the table is printed. Leaves no process behind.
 * Throws when something cannot start or dies; sets exit code 1 when a sample did not become what was expected.
 */
export async function up(
  context: CliContext,
  options: UpOptions,
  signal: AbortSignal,
  onKill: (kill: () => void) => void,
): Promise<void> {
  const ports = await chosenPorts(options.port);
  const resets = options.resetOffsets.map(parseOffsetReset);
  const dataDir = path.resolve(options.data);
  await assertNotRunning(dataDir);
  const progress = startProgress(process.stderr);
  // A part that dies ends the whole: half a stack would only confuse.
  const death = new AbortController();
  const end = AbortSignal.any([signal, death.signal]);
  let stack: LocalStack | undefined;
  let announced = false;
  try {
    await assertServicePortsFree(ports);
    progress.note("Starting Inlet …");
    stack = await startLocalStack({
      dataDir,
      ports,
      env: externalServices(context.env),
      signal: end,
      onDeath: (error) => death.abort(error),
      onProgress: ({ part, state, detail }) => {
        if (state === "ready") progress.done(part, detail);
        else if (state === "given") progress.done(part, `from the environment: ${detail}`);
        else progress.begin(part, state === "downloading" ? `downloading ${detail}` : "");
      },
    });
    onKill(() => stack?.kill());
    const env = serviceEnvironment(
      withDefaults(context.env, demoEnvironment()),
      context.env,
      stack.env,
      dataDir,
      ports,
    );
    const { marker } = await prepare(env, progress);
    // The data folder may be moved with all that is in it: of its own store the name alone counts.
    const store = context.env["BLOB_STORE_URL"] ? marker : "blobs in the data folder";
    const moved = await noteBlobStore(env["DATABASE_URL"] ?? "", store);
    if (moved !== null) progress.note(moved);
    if (resets.length > 0) await replay(env, resets, progress);
    end.throwIfAborted();
    await startServices(stack.supervisor, env, ports, progress, end);
    await writeFile(path.join(dataDir, STACK_ENV_FILE), stackEnvFile(env), { mode: 0o600 });
    announced = true;
    progress.close();

    const rows = options.demo ? await runDemo(context, { env, gatewayUrl: getGatewayUrl(ports), signal: end }) : [];
    if (options.once) {
      context.err(`Logs: ${getLogDir(dataDir)}`);
      return context.setExitCode(toExitCode(rows));
    }
    const consoleLink = await createConsoleLink(env);
    for (const line of printEndpoints({ ports, dataDir, env, eventId: rows[0]?.eventId ?? "EVENTID", consoleLink }))
      context.err(line);
    await new Promise<void>((resolve) =>
      end.aborted ? resolve() : end.addEventListener("abort", () => resolve(), { once: true }),
    );
    end.throwIfAborted();
  } catch (error) {
    if (death.signal.aborted) throw death.signal.reason;
    if (!signal.aborted) throw error;
    if (options.once) throw new CommandFailed("ended before the table was complete");
  } finally {
    progress.close();
    await stack?.stop();
    // What did not start here belongs to another run.
    if (announced) await rm(path.join(dataDir, STACK_ENV_FILE), { force: true });
  }
}

/** Throws {@link CommandFailed}, before anything is touched, when this folder's Inlet already runs. */
async function assertNotRunning(dataDir: string): Promise<void> {
  const owner = await findOwner(dataDir);
  if (owner === null) return;
  const { PUBLIC_URL } = readEnvFile(path.join(dataDir, STACK_ENV_FILE));
  const where = PUBLIC_URL === undefined ? "is starting" : `runs at ${PUBLIC_URL}`;
  throw new CommandFailed(
    `Inlet already ${where} (process ${owner.pid}, data in ${dataDir}): it goes on undisturbed.
  Use it:              npx inlet send FILE.eml, npx inlet show EVENT_ID
  Stop it:             Ctrl-C in its terminal, or kill ${owner.pid}
  Start a second one:  npm start -- --data DIR --port free`,
  );
}

/** Before the services join their groups: Kafka refuses it afterwards. */
async function replay(
  env: Readonly<Record<string, string>>,
  resets: readonly OffsetReset[],
  progress: ReturnType<typeof startProgress>,
): Promise<void> {
  const settings = readEnvironment(env, ["kafka"]);
  for (const reset of resets) {
    progress.begin("offsets");
    const again = await withAdmin(
      settings,
      async (admin) => resetOffsets(admin, reset, settings.lanes),
      AFTER_START_MS,
    );
    progress.done("offsets", `${reset.service} reads ${again} records again`);
  }
}

/** Topics, tables, schemas and the blob store: side by side, since they are in different places. */
async function prepare(
  env: Readonly<Record<string, string>>,
  progress: ReturnType<typeof startProgress>,
): Promise<InitializedStore> {
  const settings = readEnvironment(env, ["kafka", "registry", "database", "blobs"]);
  const blobs = initBlobStore(settings.blobStoreUrl);
  const step = async (name: string, work: () => Promise<string>): Promise<void> => {
    progress.begin(name);
    progress.done(name, await work());
  };
  await Promise.all([
    step(
      "topics",
      async () =>
        `${(await withAdmin(settings, async (admin) => admin.applyTopics(settings.lanes), AFTER_START_MS)).length} changes`,
    ),
    step("ledger", async () => {
      const ledger = openLedger({ connectionString: settings.databaseUrl, maxConnections: 1 });
      try {
        return `${(await ledger.migrate()).length} migrations`;
      } finally {
        await ledger.close();
      }
    }),
    step(
      "schemas",
      async () =>
        `${(await registerSchemas(settings.schemaRegistry)).filter(({ created }) => created).length} registered`,
    ),
    step("blob store", async () => ((await blobs).made ? "made" : "there")),
  ]);
  return blobs;
}

function getGatewayUrl(ports: UpPorts): string {
  return `http://127.0.0.1:${ports.gateway}`;
}

/** What another command needs to reach this stack. */
function stackEnvFile(env: Readonly<Record<string, string>>): string {
  const names = [
    "KAFKA_BROKERS",
    "SCHEMA_REGISTRY_URL",
    "DATABASE_URL",
    "BLOB_STORE_URL",
    "TENANTS_DIR",
    "PUBLIC_URL",
    "CONSOLE_URL",
    "DEMO_CRM_BASE_URL",
  ];
  return names.map((name) => `${name}=${env[name] ?? ""}\n`).join("");
}
