import path from "node:path";
import { freePorts, type Child } from "@inlet/local-stack";
import type { Bench } from "./suite.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** A server that is measured: a process of its own on a free port. */
export interface ServerProcess {
  readonly name: string;
  readonly url: string;
  /** Where its operators ask; of most servers the same. */
  readonly opsUrl: string;
  /** SIGTERM; resolves when it is gone, with its CPU profile written where one was asked for. Else it ends with the bench. */
  stop(): Promise<void>;
}

/** Starts `main` (a path in the repository) and waits until `ready` (a path of its HTTP server) answers 2xx. */
export async function startServer(
  bench: Bench,
  server: {
    readonly name: string;
    readonly main: string;
    readonly env: Readonly<Record<string, string>>;
    readonly ready?: string;
    /** Whether it answers its operators on a port of their own. */
    readonly ops?: boolean;
  },
): Promise<ServerProcess> {
  const { name, main, env, ready = "/readyz", ops = false } = server;
  const { supervisor } = await bench.stack();
  const [port = 0, opsPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const opsUrl = ops ? `http://127.0.0.1:${opsPort}` : url;
  const child: Child = await supervisor.start({
    name: name.replaceAll(/\W+/g, "-"),
    command: process.execPath,
    args: [...profilerArguments(bench.profileDir, name), path.join(ROOT, main)],
    cwd: ROOT,
    env: {
      PATH: process.env["PATH"],
      ...env,
      PORT: String(port),
      HTTP_HOST: "127.0.0.1",
      HTTP_PORT: String(port),
      OPS_PORT: String(opsPort),
    },
    isReady: async () => (await fetch(opsUrl + ready)).ok,
  });
  return { name, url, opsUrl, stop: async () => child.stop() };
}

/** CPU seconds that a server has taken since it started. */
export async function readCpuSeconds({ opsUrl }: Pick<ServerProcess, "opsUrl">): Promise<number> {
  const text = await (await fetch(`${opsUrl}/metrics`)).text();
  const seconds = Number(/^process_cpu_seconds_total ([\d.]+)$/m.exec(text)?.[1]);
  if (Number.isNaN(seconds)) throw new Error(`${opsUrl}/metrics does not tell process_cpu_seconds_total`);
  return seconds;
}

/** Node writes the profile when the process ends in order. */
function profilerArguments(dir: string | null, name: string): string[] {
  return dir === null
    ? []
    : ["--cpu-prof", `--cpu-prof-dir=${path.resolve(dir)}`, `--cpu-prof-name=${name}.cpuprofile`];
}
