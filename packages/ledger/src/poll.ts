/** Something done again and again until stopped. */
export interface Poller {
  /** Waits for the round under way. */
  stop(): Promise<void>;
}

/**
 * Runs `round` at once and then again: straight away when it answers that there was work, after `idleMs` when not, after `errorMs` when
 * it throws (`onError` hears of it). Rounds never overlap.
 */
export function poll(
  round: () => Promise<boolean>,
  options: { idleMs: number; errorMs?: number; onError: (error: unknown) => void },
): Poller {
  let stopped = false;
  let wake: () => void = () => {};
  const pause = async (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!stopped) {
      let wait = options.idleMs;
      try {
        if (await round()) wait = 0;
      } catch (error) {
        options.onError(error);
        wait = options.errorMs ?? 1_000;
      }
      if (!stopped && wait > 0) await pause(wait);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}
