import { LRUCache } from "lru-cache";

/** Tokens that one instance remembers; about 20 MB. The oldest are forgotten beyond it. */
const MOST_TOKENS = 100_000;

/**
 * Remembers for which email a signed token was used first, until its signature is stale anyway. True: for this email, or for none yet.
 * It is this instance's memory: another one may take the token once more, for the same email by the ledger's count.
 */
export function createTokenMemory(now: () => number, most: number = MOST_TOKENS) {
  const used = new LRUCache<string, string>({ max: most });
  return function bindToken(source: string, token: string, key: string, untilMs: number): boolean {
    const name = `${source}\0${token}`;
    const bound = used.get(name);
    if (bound !== undefined) return bound === key;
    used.set(name, key, { ttl: Math.max(1, untilMs - now()) });
    return true;
  };
}
