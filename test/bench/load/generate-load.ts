import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { LoadPlan, LoadResult } from "./plan.ts";
import { signedRequests, type SignedRequest } from "./signed-requests.ts";

/** More than any open load here has under way; beyond it requests queue, and their waiting counts. */
const OPEN_CONNECTIONS = 256;
const TICK_MS = 2;

/** Sends as planned over loopback and measures. Resolves when everything sent is answered. */
export async function generateLoad(plan: LoadPlan): Promise<LoadResult> {
  const { load, seconds } = plan;
  const connections = load.kind === "closed" ? load.connections : OPEN_CONNECTIONS;
  const pool = new Pool(plan.url, { connections, pipelining: 1 });
  const next = signedRequests(plan);
  const path = `/v1/inbound/bench/${plan.source}`;
  const latencies: number[] = [];
  const refused: Record<string, number> = {};

  const send = async (dueAt: number): Promise<void> => {
    const outcome = await post(pool, path, next());
    if (outcome === "202") latencies.push(performance.now() - dueAt);
    else refused[outcome] = (refused[outcome] ?? 0) + 1;
  };

  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + seconds * 1000;
  if (load.kind === "closed") {
    const connection = async (): Promise<void> => {
      while (performance.now() < until) await send(performance.now());
    };
    await Promise.all(Array.from({ length: connections }, connection));
  } else {
    const underWay: Promise<void>[] = [];
    const gapMs = 1000 / load.perSecond;
    for (let due = started; due < until; await sleep(TICK_MS)) {
      for (; due <= performance.now() && due < until; due += gapMs) underWay.push(send(due));
    }
    await Promise.all(underWay);
  }
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();

  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    perSecond: (latencies.length * 1000) / elapsedMs,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    generatorCpu: (user + system) / 1000 / elapsedMs,
    refused,
  };
}

/** The status of the answer, or the error's code. */
function post(pool: Pool, path: string, { body, headers }: SignedRequest): Promise<string> {
  return new Promise((resolve) => {
    let status = 0;
    pool.dispatch(
      { path, method: "POST", headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, statusCode) => void (status = statusCode),
        onResponseData: () => {},
        onResponseEnd: () => resolve(String(status)),
        onResponseError: (_controller, error) => resolve((error as Error & { code?: string }).code ?? error.name),
      },
    );
  });
}

/** Of sorted values; NaN of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
