import type { DealRead } from "@inlet/crm";
import { callCrm } from "../crm/call-crm.ts";
import type { DeliveryAttempt } from "../attempt.ts";

export function isClosed({ closed = null }: DealRead): boolean {
  return closed !== null;
}

/**
 * Whether the email may take a deal that ended for its own where nothing names it (L30): a reply is about what ended, a new thread under an
 * old subject is a new matter, unless the tenant sees that differently. A reply is what its headers say, as conversations are.
 */
export function takesClosed({ facts, tenant }: DeliveryAttempt): boolean {
  return tenant.matching.closedDeals === "all" || facts.references.length > 0;
}

/**
 * Warns where the email is at a deal that is won or lost: somebody may have to open it again. A deal that this email made is open, and a CRM
 * that does not tell costs the email nothing.
 */
export async function noteClosedDeal(email: DeliveryAttempt, dealId: string | null): Promise<void> {
  const { tenant, crm, summary, warnings } = email;
  const used = summary.findLast(({ effect }) => effect === "deal");
  if (dealId === null || used?.created !== false || tenant.matching.closedDeals === "all") return;
  let deal = crm.deals.get(dealId);
  if (deal === undefined) {
    const found = await callCrm(email, "get-deal", crm.adapter.records.deal.read, dealId);
    if (found.kind !== "ok" || found.value === null) return;
    deal = found.value;
    crm.deals.set(dealId, deal);
  }
  if (isClosed(deal)) warnings.push(`deal_closed: the deal ${dealId} is ${deal.closed}`);
}
