import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { initBlobStore } from "@inlet/blob-store";
import type { LocalStack } from "@inlet/local-stack";
import { startServer, type ServerProcess } from "./server-process.ts";
import type { Bench } from "./suite.ts";

export const SECRET = "secret-of-the-benchmarks-0001";

/** The three that are compared, each a process of its own on a free port: all are up before the first is measured. */
export async function startSubjects(
  bench: Bench,
): Promise<Readonly<Record<"bare" | "kafkajs" | "gateway", ServerProcess>>> {
  const stack = await bench.stack();
  return {
    bare: await startServer(bench, {
      name: "bare Fastify",
      main: "test/bench/baselines/fastify-process.ts",
      env: {},
    }),
    kafkajs: await startServer(bench, {
      name: "Fastify + kafkajs",
      main: "test/bench/baselines/kafkajs-send-process.ts",
      env: { KAFKA_BROKERS: stack.env.KAFKA_BROKERS },
    }),
    gateway: await startServer(bench, {
      name: "gateway",
      main: "services/ingest-gateway/src/main.ts",
      ops: true,
      env: await gatewayEnv(bench.dir, stack),
    }),
  };
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
  const blobs = pathToFileURL(path.join(dir, "blobs")).href;
  await initBlobStore(blobs);
  return {
    ...stack.env,
    TENANTS_DIR: tenants,
    BLOB_STORE_URL: blobs,
    BENCH_SECRET: SECRET,
  };
}
