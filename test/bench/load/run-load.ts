import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { LoadPlan, LoadResult } from "./plan.ts";

/** Runs the load generator in its own process. Throws when anything was not accepted: a rate with refusals in it says nothing. */
export async function runLoad(plan: LoadPlan, signal: AbortSignal): Promise<LoadResult> {
  const child = fork(path.join(import.meta.dirname, "load-process.ts"));
  try {
    child.send(plan);
    const ended = once(child, "exit", { signal }).then(() => {
      throw new Error("the load generator ended without a result");
    });
    const [result] = (await Promise.race([once(child, "message", { signal }), ended])) as [LoadResult];
    const refusals = Object.entries(result.refused);
    if (refusals.length > 0) {
      const list = refusals.map(([what, count]) => `${what} × ${count}`).join(", ");
      throw new Error(`${plan.url} did not take every request: ${list} beside 202 × ${result.requests}`);
    }
    return result;
  } finally {
    if (child.connected) child.disconnect();
  }
}
