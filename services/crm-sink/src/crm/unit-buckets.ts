import { setTimeout as sleep } from "node:timers/promises";
import type { TenantConfig } from "@inlet/config";
import type { Crm } from "@inlet/crm";
import type { Ledger } from "@inlet/ledger";
import { createSharedQuota, type Quota } from "@inlet/resilience";
import type { UnitBucket } from "./account-quotas.ts";

export const REQUESTS = "requests";

/** The bucket's name in the ledger: requests have the kind's own. */
export function bucketName(kind: string, unit: string): string {
  return unit === REQUESTS ? kind : `${kind}:${unit}`;
}

/** The buckets of a tenant's CRM account: what its adapter counts besides, then the requests of the tenant's file. */
export function createUnitBuckets(
  { id: tenant, crm }: Pick<TenantConfig, "id" | "crm">,
  { quotas = [] }: Pick<Crm, "quotas">,
  ledger: { readonly quota: Pick<Ledger["quota"], "draw"> },
): ReadonlyMap<string, UnitBucket> {
  const bucket = (unit: string, quota: Quota): UnitBucket => ({
    quota,
    bucket: createSharedQuota({
      quota,
      store: {
        draw: async (of, asked) => ledger.quota.draw({ tenant, crm: bucketName(crm.kind, unit), ...of, ...asked }),
      },
      now: () => performance.now(),
      sleep: async (ms) => sleep(ms),
    }),
  });
  const besides = quotas.map(({ unit, amount, perMs }) => {
    // A whole budget may be used at once: what is left of it the answers' headers say.
    return [unit, bucket(unit, { perSecond: (amount / perMs) * 1_000, burst: amount })] as const;
  });
  return new Map([...besides, [REQUESTS, bucket(REQUESTS, crm.quota)]]);
}
