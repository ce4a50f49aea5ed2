import type { Log } from "@inlet/telemetry";
import type { Balance } from "./screen.ts";

export interface BalanceKeeper {
  current(): Balance | null;
  stop(): Promise<void>;
}

/**
 * Counts anew every `everyMs` after the last count has ended, for all viewers together: however many look, the ledger and Kafka are
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
    try {
      const report = await count();
      current = { at: Date.now(), report };
    } catch (err) {
      log.warn({ err }, "emails could not be counted; the last count stays");
    }
    if (!stopped) timer = setTimeout(begin, everyMs);
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
