/** Calls `go` when the wait is over. */
export type Linger = (go: () => void) => void;

/**
 * One wait for all batchers: the first that has something opens it, and those that come meanwhile go with it, so that their batches can share a request.
 * @param ms how long an idle batcher waits for company, at most
 */
export function sharedLinger(ms: number): Linger {
  let waiting: (() => void)[] = [];
  return (go) => {
    waiting.push(go);
    if (waiting.length > 1) return;
    setTimeout(() => {
      const all = waiting;
      waiting = [];
      for (const each of all) each();
    }, ms);
  };
}
