import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { freePorts, type LocalStack } from "@inlet/local-stack";
import type { Bench } from "./suite.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
export const SECRET = "secret-of-the-benchmarks-0001";

/** A server to put load on. */
export interface Subject {
  readonly name: string;
  readonly url: string;
}

/** The three that are compared, each a process of its own on a free port: all are up before the first is measured. */
export async function startSubjects(bench: Bench): Promise<Readonly<Record<"bare" | "kafkajs" | "gateway", Subject>>> {
  const stack = await bench.stack();
  const startProcess = async (name: string, main: string, env: Readonly<Record<string, string>>): Promise<Subject> =>
    startServer(stack, name, [...profilerArguments(bench.profileDir, name), path.join(ROOT, main)], env);
  return {
    bare: await startProcess("bare Fastify", "test/bench/baselines/fastify-process.ts", {}),
    kafkajs: await startProcess("Fastify + kafkajs", "test/bench/baselines/kafkajs-send-process.ts", {
      KAFKA_BROKERS: stack.env.KAFKA_BROKERS,
    }),
    gateway: await startProcess("gateway", "services/ingest-gateway/src/main.ts", await gatewayEnv(bench.dir, stack)),
  };
}

async function startServer(
  { supervisor }: LocalStack,
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Subject> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  await supervisor.start({
    name: name.replaceAll(/\W+/g, "-"),
    command: process.execPath,
    args,
    cwd: ROOT,
    env: { PATH: process.env["PATH"], ...env, PORT: String(port), HTTP_HOST: "127.0.0.1", HTTP_PORT: String(port) },
    isReady: async () => (await fetch(`${url}/readyz`)).ok,
  });
  return { name, url };
}

/** CPU seconds that a server has taken since it started. */
export async function cpuSecondsOf({ url }: Subject): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const seconds = Number(/^process_cpu_seconds_total ([\d.]+)$/m.exec(text)?.[1]);
  if (Number.isNaN(seconds)) throw new Error(`${url}/metrics does not tell process_cpu_seconds_total`);
  return seconds;
}

/** Node writes the profile when the process ends in order. */
function profilerArguments(dir: string | null, name: string): string[] {
  return dir === null
    ? []
    : ["--cpu-prof", `--cpu-prof-dir=${path.resolve(dir)}`, `--cpu-prof-name=${name}.cpuprofile`];
}

/** The gateway with its defaults; only the tenant's rate limit must not stand in the way. */
async function gatewayEnv(dir: string, stack: LocalStack): Promise<Record<string, string>> {
  const tenants = path.join(dir, "tenants");
  await mkdir(tenants, { recursive: true });
  await writeFile(
    path.join(tenants, "bench.yaml"),
    `name: Bench
sources:
  signed-json: { kind: signed-json, secrets: [env:BENCH_SECRET] }
  raw-mime: { kind: raw-mime, secrets: [env:BENCH_SECRET] }
mailboxes:
  sales: { addresses: [sales@inlet.example] }
crm: { kind: hubspot, token: env:BENCH_SECRET }
rateLimit: { perSecond: 100000, burst: 100000 }
`,
  );
  return {
    ...stack.env,
    TENANTS_DIR: tenants,
    BLOB_STORE_URL: pathToFileURL(path.join(dir, "blobs")).href,
    BENCH_SECRET: SECRET,
  };
}
