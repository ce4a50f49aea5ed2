import { setTimeout as sleepFor } from "node:timers/promises";
import pLimit from "p-limit";
import { TEMPERROR } from "./verify-sender.ts";
import type { Auth } from "./verify-sender.ts";

/** Checks of one tenant under way at a time: slow name servers of those who write to it take no one else's turn. */
const AT_A_TIME_OF_TENANT = 16;
/** How long a tenant whose check was late is waited for less, ms. */
const SLOW_FOR_MS = 30_000;
/** The wait then, and for the last time, ms: what name servers in order need, many times over. */
const SHORT_WAIT_MS = 250;
/** How long the verdict on an email that waits by itself is kept, ms. */
const KEPT_MS = 60_000;

/** Whose sender is asked about. */
export interface Asking {
  /** Event id. */
  readonly id: string;
  readonly tenant: string;
  /** Whether the email has waited by itself already, and goes on now with what is known. */
  readonly last: boolean;
}

export interface PatienceOptions {
  /** Longest that a batch waits for one verdict, ms. */
  readonly waitMs: number;
  /** A clock that no one sets, ms. Default `performance.now`. */
  readonly now?: () => number;
  /** Resolves after so many ms, or never mind when aborted. Default a timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface Patience {
  /** The verdict of `check`; null when it is late: the check goes on by itself, and is asked for once more as the last time. Never rejects. */
  ask(asking: Asking, check: () => Promise<Auth>): Promise<Auth | null>;
}

/**
 * How long is waited for a verdict. Emails stand in batches, and one whose name servers are slow would hold back whatever stands beside it:
 * so it waits by itself instead, while its check goes on, and takes `temperror` if that has not ended even then. A tenant that had a late
 * one is hardly waited for at all for a while: where name servers are away, its mail is not made late by that.
 */
export function createPatience({ waitMs, now = () => performance.now(), sleep = timer }: PatienceOptions): Patience {
  const tenants = new Map<string, { readonly turn: ReturnType<typeof pLimit>; slowUntil: number }>();
  /** Checks that have begun and were late. Those whose turn had not come are given up: each holds its whole email. */
  const late = new Map<string, { readonly verdict: Promise<Auth>; readonly until: number }>();

  function forgetOld(): void {
    for (const [id, { until }] of late) if (until <= now()) late.delete(id);
  }

  return {
    async ask({ id, tenant, last }, check) {
      const of = tenants.get(tenant) ?? { turn: pLimit(AT_A_TIME_OF_TENANT), slowUntil: 0 };
      tenants.set(tenant, of);
      let [begun, given] = [false, false];
      const verdict =
        late.get(id)?.verdict ??
        of.turn(async () => {
          begun = true;
          return given ? TEMPERROR : check();
        });
      late.delete(id);
      const isShort = last || now() < of.slowUntil;
      const waiting = new AbortController();
      const found = await Promise.race([
        verdict,
        sleep(isShort ? Math.min(SHORT_WAIT_MS, waitMs) : waitMs, waiting.signal).then(() => null),
      ]);
      waiting.abort();
      if (found !== null) return found;
      of.slowUntil = now() + SLOW_FOR_MS;
      given = !begun;
      if (isShort) return TEMPERROR;
      forgetOld();
      if (begun) late.set(id, { verdict, until: now() + KEPT_MS });
      return null;
    },
  };
}

async function timer(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
}
