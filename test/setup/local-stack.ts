import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startLocalStack } from "@inlet/local-stack";
import type { LocalStack } from "@inlet/local-stack";
import { prepareStack } from "../running/prepare-stack.ts";

/** One stack for all projects of a run: vitest calls the setup once a project, each time with its own copy of this module. */
interface Running {
  users: number;
  readonly started: Promise<{ stack: LocalStack; dir: string }>;
}

const KEY = Symbol.for("inlet.test.local-stack");
const holder = globalThis as { [KEY]?: Running };

/**
 * Kafka, schema registry and Postgres for integration tests, on free ports with data in a folder that is deleted afterwards. Where
 * KAFKA_BROKERS, SCHEMA_REGISTRY_URL or DATABASE_URL is set, the tests use that instead. The addresses are in `process.env`.
 */
export async function setup(): Promise<void> {
  const running = (holder[KEY] ??= { users: 0, started: start() });
  running.users += 1;
  const { stack } = await running.started;
  Object.assign(process.env, stack.env);
}

export async function teardown(): Promise<void> {
  const running = holder[KEY];
  if (running === undefined || --running.users > 0) return;
  delete holder[KEY];
  const { stack, dir } = await running.started;
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}

async function start(): Promise<{ stack: LocalStack; dir: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), "inlet-test-"));
  let stack: LocalStack | undefined;
  try {
    stack = await startLocalStack({
      dataDir: dir,
      ports: "free",
      durable: false,
      env: process.env,
      onProgress: ({ part, state, detail }) => {
        if (state === "downloading") console.log(`${part}: downloading ${detail}`);
      },
      onDeath: (error) => console.error(error.message),
    });
    await prepareStack(stack.env);
    return { stack, dir };
  } catch (error) {
    await stack?.stop();
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}
