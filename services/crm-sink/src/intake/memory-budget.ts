import { withTimeout } from "@inlet/resilience";
import { Semaphore } from "async-mutex";

/** What the bodies and files that are being sent may take up in this process, shared out among tenants. */
export interface MemoryBudget {
  /** Null: it was not free within `patienceMs`. Otherwise call it when the bytes are no longer needed. */
  take(tenant: string, bytes: number, patienceMs: number): Promise<(() => void) | null>;
}

/** What no tenant may exceed of the whole, so that one whose CRM takes files slowly leaves the others room. */
const TENANTS_SHARE = 0.5;

/** `total`: bytes. One that is larger than a tenant's share takes all of the share. */
export function createMemoryBudget(total: number): MemoryBudget {
  const all = new Semaphore(total);
  const share = Math.floor(total * TENANTS_SHARE);
  const tenants = new Map<string, { readonly semaphore: Semaphore; users: number }>();
  return {
    take: async (tenant, bytes, patienceMs) => {
      const weight = Math.min(Math.max(Math.ceil(bytes), 1), share);
      const until = performance.now() + patienceMs;
      const own = tenants.get(tenant) ?? { semaphore: new Semaphore(share), users: 0 };
      tenants.set(tenant, own);
      own.users += 1;
      const leave = (): void => {
        own.users -= 1;
        if (own.users === 0) tenants.delete(tenant);
      };
      // Always the tenant's first: no one holds the whole and waits for a share.
      const inShare = await acquire(own.semaphore, weight, patienceMs);
      const inAll = inShare === null ? null : await acquire(all, weight, until - performance.now());
      if (inShare !== null && inAll !== null)
        return () => {
          inAll();
          inShare();
          leave();
        };
      inShare?.();
      leave();
      return null;
    },
  };
}

/** Given up after `patienceMs`: what comes later is given back at once. */
async function acquire(semaphore: Semaphore, weight: number, patienceMs: number): Promise<(() => void) | null> {
  const acquired = semaphore.acquire(weight).then(([, release]) => release);
  const release = await withTimeout(patienceMs, acquired, () => null);
  if (release === null) void acquired.then((comes) => comes());
  return release;
}
