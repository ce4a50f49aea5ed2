import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import { initBlobStore } from "@inlet/blob-store";
import { processEnvironment } from "@inlet/config";
import { vi } from "vitest";
import { freePort } from "./free-port.ts";

const repository = new URL("../../../", import.meta.url);

/** What config/demo.env holds. */
export const DEMO_VALUES: Readonly<Record<string, string | undefined>> = parseEnv(
  readFileSync(new URL("config/demo.env", repository), "utf8"),
);

/** The gateway as a process of its own, on the local stack of this test run. */
export interface GatewayProcess {
  readonly url: string;
  readonly port: number;
  /** Where its operators ask. */
  readonly opsUrl: string;
  readonly child: ChildProcess;
  /** Its log. */
  readonly lines: string[];
}

/** @param dir where its blobs lie */
export async function startGatewayProcess(dir: string, change: Record<string, string> = {}): Promise<GatewayProcess> {
  const blobs = pathToFileURL(join(dir, "blobs")).href;
  await initBlobStore(blobs);
  const [port, opsPort] = [await freePort(), await freePort()];
  const { KAFKA_BROKERS = "", SCHEMA_REGISTRY_URL = "", PATH = "" } = processEnvironment();
  const child = spawn(process.execPath, [fileURLToPath(new URL("../src/main.ts", import.meta.url))], {
    env: {
      PATH,
      KAFKA_BROKERS,
      SCHEMA_REGISTRY_URL,
      ...DEMO_VALUES,
      BLOB_STORE_URL: blobs,
      TENANTS_DIR: fileURLToPath(new URL("config/tenants", repository)),
      HTTP_PORT: String(port),
      OPS_PORT: String(opsPort),
      ...change,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  return { url: `http://127.0.0.1:${port}`, port, opsUrl: `http://127.0.0.1:${opsPort}`, child, lines };
}

/** SIGTERM; resolves with the exit code. */
export async function stop({ child }: GatewayProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
  return child.exitCode;
}

/** Waits until the operators' address answers with this status; gives the body. The log tells why it does not. */
export async function untilStatus({ opsUrl, lines }: GatewayProcess, path: string, status: number): Promise<unknown> {
  return vi.waitFor(
    async () => {
      const response = await fetch(`${opsUrl}${path}`);
      if (response.status !== status) throw new Error(`${path} is ${response.status}: ${lines.join("\n")}`);
      return response.json();
    },
    { timeout: 40_000, interval: 100 },
  );
}

export async function untilReady(process: GatewayProcess): Promise<{ checks: Record<string, { ok: boolean }> }> {
  return (await untilStatus(process, "/readyz", 200)) as { checks: Record<string, { ok: boolean }> };
}
