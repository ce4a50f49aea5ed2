import { withTimeout } from "@inlet/resilience";
import { maskAddresses } from "./redaction.ts";

/** Longest that one check may take, ms. */
export const CHECK_LIMIT_MS = 1500;

export interface CheckResult {
  readonly ok: boolean;
  readonly detail?: string;
  /** True where it works but an operator should look (replication 1, a broken tenant file). */
  readonly warn?: boolean;
}

export type ReadinessCheck = () => Promise<CheckResult>;

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Record<string, CheckResult>;
}

/** Runs all checks at once, each for at most `limitMs`; one that throws or takes longer has failed. Ready when all are ok. */
export async function readiness(
  checks: Readonly<Record<string, ReadinessCheck>>,
  limitMs: number = CHECK_LIMIT_MS,
): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await limited(check, limitMs)] as const),
  );
  return { ready: results.every(([, result]) => result.ok), checks: Object.fromEntries(results) };
}

async function limited(check: ReadinessCheck, limitMs: number): Promise<CheckResult> {
  try {
    return await withTimeout(limitMs, check(), (): CheckResult => ({
      ok: false,
      detail: `no answer within ${limitMs} ms`,
    }));
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : "failed";
    return { ok: false, detail: maskAddresses(text).slice(0, 300) };
  }
}
