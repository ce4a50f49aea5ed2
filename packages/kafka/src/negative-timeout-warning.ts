const installed = Symbol.for("inlet.kafka.negative-timeout-warning");

/**
 * kafkajs schedules a timer with `throttledUntil - now`, which is negative after every response (network/requestQueue, kafkajs#1751);
 * Node 24 warns of it. Drops this one warning, told by its name and by kafkajs' file on the stack, and no other. Idempotent.
 */
export function dropKafkajsNegativeTimeoutWarning(target: Pick<NodeJS.Process, "emitWarning"> = process): void {
  const marked = target as { [installed]?: true };
  if (marked[installed] === true) return;
  marked[installed] = true;
  const original = target.emitWarning.bind(target) as (...args: unknown[]) => void;
  target.emitWarning = (...args: unknown[]): void => {
    const [, second] = args;
    const name = typeof second === "object" && second !== null ? (second as { type?: unknown }).type : second;
    if (name === "TimeoutNegativeWarning" && calledByRequestQueue()) return;
    original(...args);
  };
}

function calledByRequestQueue(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 20;
  const { stack } = new Error("where from");
  Error.stackTraceLimit = limit;
  return /kafkajs[\\/]src[\\/]network[\\/]requestQueue/.test(stack ?? "");
}
