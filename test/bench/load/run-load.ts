import path from "node:path";
import { askProcess } from "../ask-process.ts";
import type { LoadPlan, LoadResult } from "./plan.ts";

/** Runs the load generator in its own process. Throws when anything was not accepted: a rate with refusals in it says nothing. */
export async function runLoad(plan: LoadPlan, signal: AbortSignal): Promise<LoadResult> {
  const result: LoadResult = await askProcess(path.join(import.meta.dirname, "load-process.ts"), plan, signal);
  const refusals = Object.entries(result.refused);
  if (refusals.length > 0) {
    const list = refusals.map(([what, count]) => `${what} × ${count}`).join(", ");
    throw new Error(`${plan.url} did not take every request: ${list} beside 202 × ${result.requests}`);
  }
  return result;
}
