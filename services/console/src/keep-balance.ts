import type { Log } from "@inlet/telemetry";
import type { Balance } from "./screen.ts";

export interface BalanceKeeper {
  current(): Balance | null;
  stop(): Promise<void>;
}

/** A count reads every row's state: of millions it takes long, and rests so many times as long, since mail comes first. */
const REST = 10;

/**
 * Counts anew `everyMs` or later after the last count has ended, for all viewers together: however many look, the ledger and Kafka are
 * asked once. A count that fails leaves the last one, with its time.
 */
export function keepBalance(
  count: () => Promise<Balance["report"]>,
  everyMs: number,
  log: Pick<Log, "warn">,
): BalanceKeeper {
  let current: Balance | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let running = Promise.resolve();

  async function round(): Promise<void> {
    const begunAt = performance.now();
    try {
      const report = await count();
      const before = current === null ? {} : { before: { at: current.at, tenants: current.report.tenants } };
      current = { at: Date.now(), report, ...before };
    } catch (err) {
      log.warn({ err }, "emails could not be counted; the last count stays");
    }
    const pauseMs = Math.max(everyMs, REST * (performance.now() - begunAt));
    if (!stopped) timer = setTimeout(begin, pauseMs);
  }

  function begin(): void {
    running = round();
  }

  begin();
  return {
    current: () => current,
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
