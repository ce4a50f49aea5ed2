import { ok, splitName, type StepResult } from "@inlet/domain";
import type { Claims } from "./claim-effects.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { findContactByPhone } from "../match/contact-by-phone.ts";
import { writeEffect } from "./write-effect.ts";

/** The contact of the sender's address: known to the ledger, or upserted by email (WR2); a new one belongs to the company. Answers its CRM id. */
export async function writeContact(
  email: DeliveryAttempt,
  claims: Claims,
  address: string,
  companyId: string | null,
): Promise<StepResult<string>> {
  const claimed = claims.of("contact", address);
  if (claimed.state === "confirmed" && claimed.recordId !== null) {
    email.summary.push({ effect: "contact", key: address, recordId: claimed.recordId, created: false });
    email.evidence["contact"] = { matchedBy: "address", known: true, ...whoIsMeant(email) };
    return ok(claimed.recordId);
  }
  const byPhone = await findContactByPhone(email, address);
  if (byPhone.kind !== "ok") return byPhone;
  if (byPhone.value !== null) {
    const written = { recordId: byPhone.value, created: false };
    email.effects.confirmed("contact", address, written);
    email.summary.push({ effect: "contact", key: address, ...written });
    const detail = "the only contact with a phone number of the signature; its address is left as it is";
    email.evidence["contact"] = { matchedBy: "phone", confidence: "medium", detail, ...whoIsMeant(email) };
    return ok(written.recordId);
  }
  const name = splitName(email.facts.contact?.name ?? null);
  const replaces = claimed.state === "won" ? (claimed.replaces ?? null) : null;
  const { write, lookup } = email.crm.adapter.records.contact;
  const input = { email: address, ...name, companyId, replaces };
  const outcome = await writeEffect(email, "contact", address, { write, input, lookup, sought: {} });
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "contact", key: address, ...outcome.value });
  email.evidence["contact"] = { matchedBy: "address", created: outcome.value.created, ...whoIsMeant(email) };
  return ok(outcome.value.recordId);
}

/** By what the person behind From was told, or why From was taken though somebody else is named; nothing where From is all there is. */
function whoIsMeant({ event: { contact, from } }: DeliveryAttempt): object {
  if (contact === null || contact.reasons.length <= 1) return {};
  const behind = contact.via === "from" || from === null ? {} : { via: contact.via, from: from.email };
  return { ...behind, because: contact.reasons };
}
