import type { DealRead } from "@inlet/crm";
import { LRUCache } from "lru-cache";

/** How long a deal is trusted to stand where it stood, ms: emails that come together ask once. */
const FRESH_MS = 10_000;

/** Deals of one tenant. */
const MOST = 5_000;

/** What the CRM said of deals lately. */
export interface DealCache {
  get(dealId: string): DealRead | undefined;
  set(dealId: string, deal: DealRead): void;
}

/** `now` is a clock that never goes back, ms. */
export function createDealCache(now: () => number): DealCache {
  const known = new LRUCache<string, DealRead>({ max: MOST, ttl: FRESH_MS, ttlResolution: 0, perf: { now } });
  return { get: (dealId) => known.get(dealId), set: (dealId, deal) => void known.set(dealId, deal) };
}
