import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { type Server, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePorts } from "./ports.ts";
import { readStartMark } from "./process-identity.ts";
import { startLocalStack } from "./start.ts";

const NOT_OURS = {
  KAFKA_BROKERS: "127.0.0.1:1",
  SCHEMA_REGISTRY_URL: "http://127.0.0.1:1",
  DATABASE_URL: "postgres://127.0.0.1:1/x",
};
const ONLY_POSTGRES = { ...process.env, ...NOT_OURS, DATABASE_URL: "" };

let dir = "";
let blocker: Server | undefined;
beforeAll(async () => void (dir = await mkdtemp(path.join(tmpdir(), "inlet-stack-"))));
afterAll(async () => rm(dir, { recursive: true, force: true }));
afterEach(() => void blocker?.close());

test("the stack of this run answers on all three addresses", async () => {
  const registry = await fetch(`${process.env["SCHEMA_REGISTRY_URL"]}/subjects`);
  expect(registry.ok).toBe(true);
  const [host = "", port = ""] = (process.env["KAFKA_BROKERS"] ?? "").split(":");
  await connects(host, Number(port));
  await connects("127.0.0.1", Number(new URL(process.env["DATABASE_URL"] ?? "").port));
});

test("parts named by the environment are used as they are; nothing is started for them", async () => {
  const seen: string[] = [];
  const stack = await startLocalStack({
    dataDir: path.join(dir, "given"),
    ports: "free",
    env: { ...process.env, ...NOT_OURS },
    onProgress: ({ part, state }) => seen.push(`${part} ${state}`),
  });
  expect(stack.env).toEqual(NOT_OURS);
  expect(stack.parts).toEqual([]);
  expect(seen.toSorted()).toEqual(["kafka given", "postgres given", "schema-registry given"]);
  await stack.stop();
});

test("data outlives a stop and a start; nothing of the stack does", async () => {
  const dataDir = path.join(dir, "kept");
  const start = async () => startLocalStack({ dataDir, ports: "free", durable: false, env: ONLY_POSTGRES });
  const first = await start();
  const pids = first.parts.map(({ pid }) => pid);
  const made = await readFile(path.join(dataDir, "postgres", "data", "global", "pg_control"));
  await first.stop();
  expect(pids).toHaveLength(1);
  for (const pid of pids) expect(await readStartMark(pid)).toBeNull();
  expect(await readdir(path.join(dataDir, "run"))).toEqual([]);

  const second = await start();
  const kept = await readFile(path.join(dataDir, "postgres", "data", "global", "pg_control"));
  await second.stop();
  // The first eight bytes are the cluster's identifier: the same cluster, not a new one.
  expect(kept.subarray(0, 8)).toEqual(made.subarray(0, 8));
});

test("a part stopped alone is gone, and started again it is another process on its port; its death while stopped is no alarm", async () => {
  const deaths: string[] = [];
  const stack = await startLocalStack({
    dataDir: path.join(dir, "outage"),
    ports: "free",
    durable: false,
    env: ONLY_POSTGRES,
    onDeath: ({ message }) => deaths.push(message),
  });
  const [postgres] = stack.parts;
  if (postgres === undefined) throw new Error("nothing was started");
  const before = postgres.pid;
  await connects("127.0.0.1", postgres.port);
  await postgres.stop();
  await expect(connects("127.0.0.1", postgres.port)).rejects.toThrow("ECONNREFUSED");
  await postgres.start();
  await connects("127.0.0.1", postgres.port);
  expect(postgres.pid).not.toBe(before);
  await stack.stop();
  expect(await readStartMark(postgres.pid)).toBeNull();
  expect(deaths).toEqual([]);
});

test("a taken port is named, with who needs it and what to do", async () => {
  const [port = 0] = await freePorts(1);
  blocker = createServer();
  await new Promise<void>((resolve) => blocker?.listen(port, "127.0.0.1", resolve));
  const start = startLocalStack({ dataDir: path.join(dir, "taken"), ports: { postgres: port }, env: ONLY_POSTGRES });
  await expect(start).rejects.toThrow(
    new RegExp(`port ${port} is taken, and Postgres needs it.*DATABASE_URL.*--port postgres=N`),
  );
});

test("a part that dies is reported with the end of its log", async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  const stack = await startLocalStack({
    dataDir: path.join(dir, "dies"),
    ports: "free",
    durable: false,
    env: ONLY_POSTGRES,
    onDeath: resolve,
  });
  process.kill(stack.parts[0]?.pid ?? 0, "SIGKILL");
  const error = await promise;
  expect(error.message).toMatch(/postgres ended by itself \(signal SIGKILL\).*\n.*ready to accept connections/s);
  expect(error.message).toContain(path.join("dies", "logs", "postgres.log"));
  await stack.stop();
});

async function connects(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
