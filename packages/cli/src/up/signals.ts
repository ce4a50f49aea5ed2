import type { CliContext } from "../context.ts";

/**
 * Runs `work` with a signal that aborts at the first Ctrl-C, SIGTERM, hang-up, or death of the process that started this one; `work`
 * then cleans up and returns. A second Ctrl-C kills what `onKill` was given, and ends at once.
 */
export async function untilSignalled(
  context: CliContext,
  work: (signal: AbortSignal, onKill: (kill: () => void) => void) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  let killAll = (): void => {};
  const stop = (reason: string): void => {
    if (abort.signal.aborted) {
      killAll();
      process.exit(130);
    }
    context.err(`\n${reason}: stopping everything (once more to kill at once) …`);
    abort.abort();
  };
  const listeners = {
    SIGINT: () => stop("Ctrl-C"),
    SIGTERM: () => stop("asked to end"),
    SIGHUP: () => stop("the terminal closed"),
    disconnect: () => {
      if (!abort.signal.aborted) stop("the process that started this one is gone");
    },
  };
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener);
  try {
    await work(abort.signal, (kill) => (killAll = kill));
  } finally {
    for (const [event, listener] of Object.entries(listeners)) process.off(event, listener);
  }
}
