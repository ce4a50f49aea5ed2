import { setTimeout as sleep } from "node:timers/promises";
import type { TenantConfig } from "@inlet/config";
import type { Crm } from "@inlet/crm";
import type { Ledger } from "@inlet/ledger";
import { createSharedQuota, type Quota } from "@inlet/resilience";
import type { UnitBucket } from "./account-quotas.ts";

const REQUESTS = "requests";

/** The bucket's name in the ledger: requests have the kind's own. */
export function bucketName(kind: string, unit: string): string {
  return unit === REQUESTS ? kind : `${kind}:${unit}`;
}

/** The limits of a tenant's CRM account, each with its bucket's name. */
export function listLimits(
  { crm }: Pick<TenantConfig, "crm">,
  { quotas = [] }: Pick<Crm, "quotas">,
): { readonly unit: string; readonly bucket: string; readonly perSecond: number; readonly burst: number }[] {
  // A whole budget may be used at once: what is left of it the answers' headers say.
  const besides = quotas.map(({ unit, amount, perMs }) => ({
    unit,
    perSecond: (amount / perMs) * 1_000,
    burst: amount,
  }));
  return [...besides, { unit: REQUESTS, ...crm.quota }].map((limit) => ({
    ...limit,
    bucket: bucketName(crm.kind, limit.unit),
  }));
}

/** The buckets of a tenant's CRM account: what its adapter counts besides, then the requests of the tenant's file. */
export function createUnitBuckets(
  { id: tenant, crm }: Pick<TenantConfig, "id" | "crm">,
  adapter: Pick<Crm, "quotas">,
  ledger: { readonly quota: Pick<Ledger["quota"], "draw"> },
): ReadonlyMap<string, UnitBucket> {
  const create = (name: string, quota: Quota): UnitBucket => ({
    quota,
    bucket: createSharedQuota({
      quota,
      store: { draw: async (of, asked) => ledger.quota.draw({ tenant, crm: name, ...of, ...asked }) },
      now: () => performance.now(),
      sleep: async (ms) => sleep(ms),
    }),
  });
  return new Map(
    listLimits({ crm }, adapter).map(({ unit, bucket, perSecond, burst }) => [
      unit,
      create(bucket, { perSecond, burst }),
    ]),
  );
}
