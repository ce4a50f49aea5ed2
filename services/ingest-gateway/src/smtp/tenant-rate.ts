import type { TenantConfig } from "@inlet/config";
import { LRUCache } from "lru-cache";

/** Tenants whose windows are remembered at a time. */
const MOST_TENANTS = 10_000;

/** Counts a message for a tenant; false when it is above the tenant's rate. */
export type TakeOfRate = (tenant: TenantConfig) => boolean;

/**
 * Holds a tenant's mail to its rate on this instance, by the rule of the HTTP endpoint (steps/limit-rate.ts) but counted apart: anyone who sends
 * mail has signed nothing, and must not use up what signed senders have.
 */
export function createTenantRate(now: () => number): TakeOfRate {
  const windows = new LRUCache<string, { readonly until: number; taken: number }>({ max: MOST_TENANTS });
  return ({ id, rateLimit: { burst, perSecond } }) => {
    let window = windows.get(id);
    if (window === undefined || window.until <= now()) {
      window = { until: now() + Math.max(1, Math.round((burst / perSecond) * 1000)), taken: 0 };
      windows.set(id, window);
    }
    window.taken += 1;
    return window.taken <= burst;
  };
}
