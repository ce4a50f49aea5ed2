import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { initBlobStore } from "@inlet/blob-store";
import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { registerSchemas } from "@inlet/event-codec";
import { type Admin, createKafka } from "@inlet/kafka";
import { type Ledger, openLedger } from "@inlet/ledger";
import { startLocalStack, type LocalStack } from "@inlet/local-stack";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SECRET = "secret-of-the-failure-tests-0001";
const TOKEN = "token-of-the-failure-tests-0001";

export type ServiceName = "ingest-gateway" | "parser" | "crm-sink" | "console";

/** A service as a process of its own. */
export interface Service {
  readonly url: string;
  /** Resolves when the process is gone, with the signal that ended it. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM: drains and resolves when it is gone. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** SIGSTOP: it holds what it holds, and does nothing until {@link Service.thaw}. */
  freeze(): void;
  thaw(): void;
}

/** A whole Inlet of its own for one test file: real Kafka, registry and Postgres, services as processes, the CRM sandbox in this process. */
export interface RunningInlet {
  readonly stack: LocalStack;
  readonly sandbox: Sandbox;
  readonly ledger: Ledger;
  readonly admin: Admin;
  readonly env: Readonly<Record<string, string>>;
  /** The file of tenant `acme`: services take over what is written into it. */
  readonly tenantFile: string;
  start(name: ServiceName, extra?: Readonly<Record<string, string>>): Promise<Service>;
  /** Posts a MIME message as signed JSON (for `acme`, unless `tenant` says another); the answer, whatever it is. */
  send(gateway: Service, senderEventId: string, mime: string | Buffer, tenant?: string): Promise<Response>;
  /** As {@link send}; answers the eventId. Throws on anything but 202. */
  post(gateway: Service, senderEventId: string, mime: string | Buffer, tenant?: string): Promise<string>;
  /** Registers a message that the tenant sent. Throws on anything but 202. */
  registerSent(
    gateway: Service,
    message: { messageId: string; sentAt: number; dealId?: string; campaign?: string; contactEmail?: string },
  ): Promise<void>;
  /** Runs `inlet` with this environment. */
  inlet(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** The end of a service's logs. */
  logs(name: ServiceName): Promise<string>;
  /** Ends every file: `inlet reconcile --deep` must find that every email is accounted for, whatever the tests did; then everything stops. */
  close(): Promise<void>;
}

export async function runInlet(
  options: {
    readonly crmTimeoutMs?: number;
    readonly otlpEndpoint?: string;
    /** The tenant's quota and the calls in any 10 s above which the sandbox answers 429; default: what the sandbox allows by itself. */
    readonly crmQuota?: { readonly perSecond: number; readonly burst: number };
    readonly crmPerTenSeconds?: number;
    /** Another CRM than the sandbox: `crm` of the tenant's file as YAML, and the variables that it names. */
    readonly crm?: { readonly yaml: string; readonly env: Readonly<Record<string, string>> };
    /** More of the tenant's file as YAML, such as its rules, and the variables that it names. */
    readonly tenant?: { readonly yaml: string; readonly env?: Readonly<Record<string, string>> };
    /** Why not every email can be accounted for at the end of the file: the tests themselves lose mail on purpose. */
    readonly losesOnPurpose?: string;
  } = {},
): Promise<RunningInlet> {
  const dir = await mkdtemp(path.join(tmpdir(), "inlet-running-"));
  const stack = await startLocalStack({
    dataDir: dir,
    ports: "free",
    durable: false,
    env: {},
    onProgress: () => {},
    onDeath: (error) => console.error(error.message),
  });
  const sandbox = createSandbox({
    tokens: [{ token: TOKEN, tenant: "acme" }],
    seed: false,
    limits: options.crmPerTenSeconds === undefined ? {} : { perTenSeconds: options.crmPerTenSeconds },
  });
  const crmUrl = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  const tenantsDir = path.join(dir, "tenants");
  const timeout = `${(options.crmTimeoutMs ?? 2_000) / 1000}s`;
  const { perSecond, burst } = options.crmQuota ?? { perSecond: 1_900, burst: 1_000 };
  const sandboxCrm = `{ kind: hubspot, baseUrl: "${crmUrl}", token: env:TEST_TOKEN, timeout: ${timeout}, files: upload, newDeal: create, quota: { perSecond: ${perSecond}, burst: ${burst} } }`;
  await writeTenant(tenantsDir, options.crm?.yaml ?? sandboxCrm, options.tenant?.yaml ?? "");
  const env: Record<string, string> = {
    ...pathOnly(),
    ...stack.env,
    BLOB_STORE_URL: pathToFileURL(path.join(dir, "blobs")).href,
    TENANTS_DIR: tenantsDir,
    PUBLIC_URL: "http://127.0.0.1:8080",
    URL_SIGNING_KEYS: "url-signing-key-of-the-failure-tests",
    TEST_SECRET: SECRET,
    TEST_TOKEN: TOKEN,
    ...options.crm?.env,
    ...options.tenant?.env,
    INLET_TEST_SESSION_MS: "3000",
    ...(options.otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint }),
  };
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const admin = await createKafka({
    brokers: [stack.env.KAFKA_BROKERS],
    ssl: false,
    sasl: null,
    clientId: "test",
    log: silent,
  }).admin();
  await initBlobStore(String(env["BLOB_STORE_URL"]));
  await admin.applyTopics(["shared"]);
  await registerSchemas({ url: stack.env.SCHEMA_REGISTRY_URL, auth: null });
  const ledger = openLedger({ connectionString: stack.env.DATABASE_URL });
  await ledger.migrate();
  const running = new Set<Service>();

  return {
    stack,
    sandbox,
    ledger,
    admin,
    env,
    tenantFile: path.join(tenantsDir, "acme.yaml"),
    start: async (name, extra = {}) => {
      const service = await startService(name, { ...env, ...extra }, path.join(dir, `${name}.log`));
      running.add(service);
      void service.ended.then(() => running.delete(service));
      return service;
    },
    send,
    post: async (gateway, senderEventId, mime, tenant) => {
      const response = await send(gateway, senderEventId, mime, tenant);
      if (response.status !== 202) throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
      return ((await response.json()) as { eventId: string }).eventId;
    },
    registerSent: async (gateway, message) => {
      const response = await postSigned(gateway, "/v1/outbound-messages/acme", message);
      if (response.status !== 202) throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
    },
    inlet: async (...args) => run([path.join(ROOT, "packages/cli/bin/inlet.mjs"), ...args], env),
    logs: async (name) => (await readFile(path.join(dir, `${name}.log`), "utf8").catch(() => "")).slice(-20_000),
    close: async () => {
      try {
        if (options.losesOnPurpose === undefined) await expectTheLaw(env);
      } finally {
        await Promise.all([...running].map(async (service) => service.kill()));
        await Promise.all([sandbox.app.close(), admin.close(), ledger.close()]);
        await stack.stop();
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

async function expectTheLaw(env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stdout, stderr } = await run(
    [path.join(ROOT, "packages/cli/bin/inlet.mjs"), "reconcile", "--deep"],
    env,
  );
  if (code !== 0)
    throw new Error(`at the end of the file inlet reconcile --deep ended with ${code}:\n${stdout}${stderr}`);
}

async function send(
  gateway: Service,
  senderEventId: string,
  mime: string | Buffer,
  tenant = "acme",
): Promise<Response> {
  const body = { eventId: senderEventId, raw: Buffer.from(mime).toString("base64") };
  return postSigned(gateway, `/v1/inbound/${tenant}/signed-json`, body);
}

async function postSigned(gateway: Service, address: string, content: object): Promise<Response> {
  const body = JSON.stringify(content);
  const timestamp = String(Math.floor(Date.now() / 1000));
  return fetch(`${gateway.url}${address}`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-webhook-timestamp": timestamp,
      "x-webhook-signature": createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex"),
    },
  });
}

/** The tenant `acme`: one signed source and one for mail, its CRM, everything a rule could switch on left at its default. */
async function writeTenant(tenantsDir: string, crm: string, more: string): Promise<void> {
  await mkdir(tenantsDir, { recursive: true });
  await writeFile(
    path.join(tenantsDir, "acme.yaml"),
    `name: Acme
sources:
  signed-json: { kind: signed-json, secrets: [env:TEST_SECRET] }
  smtp: { kind: smtp }
mailboxes:
  sales: { addresses: [sales@inlet.example] }
outbound: { secrets: [env:TEST_SECRET] }
crm: ${crm}
${more}`,
  );
}

async function startService(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  logFile: string,
): Promise<Service> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [path.join(ROOT, "services", name, "src/main.ts")], {
    cwd: ROOT,
    env: {
      CONSOLE_URL: `http://127.0.0.1:${port}`,
      ...env,
      HTTP_HOST: "127.0.0.1",
      HTTP_PORT: String(port),
      OPS_PORT: String(opsPort),
      LOG_LEVEL: "info",
    },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  const url = `http://127.0.0.1:${port}`;
  const opsUrl = `http://127.0.0.1:${name === "ingest-gateway" ? opsPort : port}`;
  const service: Service = {
    url,
    ended,
    stop: async () => end(child, "SIGTERM", ended),
    kill: async () => end(child, "SIGKILL", ended),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
  for (;;) {
    // A process that was told to die at a point which a redelivered email reaches at once may be gone before it was ever ready.
    if (child.exitCode !== null || child.signalCode !== null) return service;
    const ready = await fetch(`${opsUrl}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return service;
    await sleep(100);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await ended;
}

async function run(
  args: string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...text };
}

/** Nothing of the developer's own Inlet settings reaches the processes. */
function pathOnly(): Record<string, string> {
  return Object.fromEntries(
    ["PATH", "HOME", "TMPDIR", "NODE_COMPILE_CACHE"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Asks until the answer is not null, at most `ms`. Throws, saying what was waited for. */
export async function eventually<T>(what: string, ask: () => Promise<T | null>, ms: number): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > until) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await sleep(200);
  }
}
