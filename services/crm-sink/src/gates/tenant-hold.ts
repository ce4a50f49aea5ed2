import type { Gate } from "@inlet/ledger";

/** How long what the ledger said is trusted: `inlet buffer on` takes hold everywhere within it, ms. */
const FRESH_MS = 1_000;

/** Asks the ledger whether a tenant's mail may go on, at most once a second however many emails ask. `now` is a clock that never goes back, ms. */
export function createTenantHold(read: () => Promise<Gate>, now: () => number): () => Promise<Gate> {
  let asked: Promise<Gate> | null = null;
  let at = 0;
  return async () => {
    if (asked !== null && now() - at < FRESH_MS) return asked;
    at = now();
    const answer = read();
    asked = answer;
    // A ledger that was away is asked again by the next email.
    answer.catch(() => {
      if (asked === answer) asked = null;
    });
    return answer;
  };
}
