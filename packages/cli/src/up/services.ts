import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Supervisor, assertPortFree } from "@inlet/local-stack";
import { INLET_ROOT } from "../context.ts";
import type { Progress } from "./progress.ts";
import type { UpPort, UpPorts } from "./ports.ts";

interface Service {
  /** Its folder under services/. */
  readonly name: string;
  readonly port: UpPort;
  /** Where it says that it is ready, when that is apart. */
  readonly ops?: UpPort;
  readonly ready: "/readyz" | "/healthz";
}

const SERVICES: readonly Service[] = [
  { name: "crm-sandbox", port: "crm-sandbox", ready: "/healthz" },
  { name: "ingest-gateway", port: "gateway", ops: "gateway-ops", ready: "/readyz" },
  { name: "parser", port: "parser", ready: "/readyz" },
  { name: "crm-sink", port: "crm-sink", ready: "/readyz" },
  { name: "console", port: "console", ops: "console-ops", ready: "/readyz" },
];

/** As `inlet` itself uses it: what was compiled once, by any process, is not compiled again. */
const COMPILE_CACHE = path.join(tmpdir(), "node-compile-cache");

/** Throws a LocalStackError when a port that a service is to listen on is taken. */
export async function assertServicePortsFree(ports: UpPorts): Promise<void> {
  const taken = [
    ...SERVICES,
    { name: "ingest-gateway (operators)", port: "gateway-ops" as const },
    { name: "console (operators)", port: "console-ops" as const },
    { name: "ingest-gateway (SMTP)", port: "smtp" as const },
  ];
  for (const { name, port } of taken) await assertPortFree(ports[port], name, `take another with --port ${port}=N`);
}

/**
 * What every service gets: `given` (the process's own variables and config/demo.env) and the addresses of this run.
 * @param chosen variables that the operator set himself: they win over this run's own
 */
export function serviceEnvironment(
  given: Readonly<Record<string, string>>,
  chosen: Readonly<Record<string, string | undefined>>,
  stack: Readonly<Record<string, string>>,
  dataDir: string,
  ports: UpPorts,
): Record<string, string> {
  const own: Record<string, string> = {
    BLOB_STORE_URL: pathToFileURL(path.join(dataDir, "blobs")).href,
    TENANTS_DIR: path.join(INLET_ROOT, "config", "tenants"),
    PUBLIC_URL: `http://127.0.0.1:${ports.gateway}`,
    CONSOLE_URL: `http://127.0.0.1:${ports.console}`,
    DEMO_CRM_BASE_URL: `http://127.0.0.1:${ports["crm-sandbox"]}`,
    SANDBOX_DATA_DIR: path.join(dataDir, "crm-sandbox"),
    HTTP_HOST: "127.0.0.1",
    OPS_HOST: "127.0.0.1",
    SMTP_PORT: String(ports.smtp),
  };
  for (const name of Object.keys(own)) {
    const set = chosen[name];
    if (set !== undefined && set !== "") own[name] = set;
  }
  return { ...given, ...own, ...stack };
}

/** Starts all services as processes of their own, side by side; resolves when each says that it is ready. */
export async function startServices(
  supervisor: Supervisor,
  env: Readonly<Record<string, string>>,
  ports: UpPorts,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    SERVICES.map(async ({ name, port, ops = port, ready }) => {
      const main = path.join(INLET_ROOT, "services", name, "src", "main.ts");
      if (!existsSync(main))
        throw new Error(`services/${name}/src/main.ts is not there: this copy of Inlet is incomplete`);
      const address = `http://127.0.0.1:${ports[port]}`;
      progress.begin(name);
      await supervisor.start(
        {
          name,
          command: process.execPath,
          args: [main],
          env: {
            NODE_COMPILE_CACHE: COMPILE_CACHE,
            ...env,
            HTTP_PORT: String(ports[port]),
            OPS_PORT: String(ports[ops]),
            OTEL_SERVICE_NAME: name,
          },
          cwd: INLET_ROOT,
          stopGraceMs: 15_000,
          isReady: async () =>
            (await fetch(`http://127.0.0.1:${ports[ops]}${ready}`, { signal: AbortSignal.timeout(2000) })).ok,
        },
        signal,
      );
      progress.done(name, address);
    }),
  );
}
