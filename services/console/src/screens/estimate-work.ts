import type { DeadLetterShare, TenantView } from "@inlet/ledger";

/** What an email costs its CRM where none was measured: contact, deal, activity, and what binds them. */
export const USUAL_CALLS = 4;

/** What sending a set of emails again asks of the CRMs. */
export interface WorkEstimate {
  readonly calls: number;
  /** Until the last is written, ms, each tenant at its own rate beside no other mail; null where a tenant's rate is not known yet. */
  readonly ms: number | null;
}

/**
 * Tenants go on beside each other, each at the rate of its bucket, and the job itself sends so many emails a second: the slowest says when all is done.
 */
export function estimateWork(
  shares: readonly Pick<DeadLetterShare, "tenant" | "emails">[],
  tenants: readonly Pick<TenantView, "tenant" | "perSecond" | "callsAnEmail">[],
  emailsPerSecond: number,
): WorkEstimate {
  const byTenant = new Map(tenants.map((view) => [view.tenant, view]));
  const work = shares.map(({ tenant, emails }) => {
    const view = byTenant.get(tenant);
    const calls = emails * (view?.callsAnEmail ?? USUAL_CALLS);
    const perSecond = view?.perSecond ?? null;
    return { emails, calls, ms: perSecond === null || perSecond <= 0 ? null : (calls / perSecond) * 1_000 };
  });
  const emails = work.reduce((sum, each) => sum + each.emails, 0);
  const unknown = work.some(({ ms }) => ms === null);
  return {
    calls: Math.round(work.reduce((sum, { calls }) => sum + calls, 0)),
    ms: unknown ? null : Math.max((emails / emailsPerSecond) * 1_000, ...work.map(({ ms }) => ms ?? 0)),
  };
}
