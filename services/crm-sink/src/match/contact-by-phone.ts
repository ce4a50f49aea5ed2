import { ok, type StepResult } from "@inlet/domain";
import { callCrm } from "../crm/call-crm.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** Numbers of a signature that are asked for; each costs a search. */
const MOST_PHONES = 3;

/**
 * The contact that a new address is likely another one of: the only contact with a phone number of the signature (WR2), where the tenant
 * wants that. Null: there is none, or several, or the CRM knows the address. What fails for good is a warning.
 */
export async function findContactByPhone(email: DeliveryAttempt, address: string): Promise<StepResult<string | null>> {
  const { crm, event, tenant } = email;
  const phones = (event.signature?.phones ?? []).filter((phone) => /^\+\d{6,15}$/.test(phone)).slice(0, MOST_PHONES);
  if (!tenant.crm.contactByPhone || event.classification.kind !== "human" || phones.length === 0) return ok(null);
  // An earlier try may have made the address's own contact.
  if (email.effects.mustSettle("contact", address)) return ok(null);

  const { contact } = crm.adapter.records;
  const known = await callCrm(email, "find-contact", contact.lookup, { key: address, since: null });
  if (known.kind === "deadLetter") return notTold(email, known.detail);
  if (known.kind !== "ok") return known;
  if (known.value !== null) return ok(null);
  const found = new Set<string>();
  for (const phone of phones) {
    const asked = await callCrm(email, "find-contact-by-phone", contact.findByPhone, phone);
    if (asked.kind === "deadLetter") return notTold(email, asked.detail);
    if (asked.kind !== "ok") return asked;
    if (asked.value !== null) found.add(asked.value.recordId);
  }
  const [only, second] = found;
  return ok(second === undefined ? (only ?? null) : null);
}

function notTold(email: DeliveryAttempt, detail: string): StepResult<null> {
  email.warnings.push(`contact_not_found_by_phone: the CRM did not tell (${detail})`);
  return ok(null);
}
