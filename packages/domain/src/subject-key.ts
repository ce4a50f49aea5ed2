import { H, type NormalizedEvent } from "@inlet/schemas";
import { baseSubject } from "./base-subject.ts";
import { getContact, isTrustedSender } from "./get-contact.ts";
import { normalizeAddress } from "./effect-keys.ts";
import { isGenericSubject } from "./generic-subjects.ts";

/**
 * What two emails of one contact with one subject share, `sbj_` and a digest of sender and base subject; null where an email is not to be
 * matched by it (WR3): its sender is not one person writing, or the subject could be anybody's. Nothing can be read from a key.
 */
export function buildSubjectKey(
  email: Pick<NormalizedEvent, "tenantId" | "contact" | "from" | "replyTo" | "subject" | "auth" | "classification">,
): string | null {
  const sender = normalizeAddress(getContact(email)?.email ?? "");
  if (sender === null || !isTrustedSender(email) || email.classification.kind !== "human") return null;
  // A form on a website writes for everybody with one subject, and asks to answer somebody else.
  if (email.replyTo.length > 0 && !email.replyTo.some((each) => normalizeAddress(each.email) === sender)) return null;
  const subject = baseSubject(email.subject);
  return isGenericSubject(subject) ? null : `sbj_${H(email.tenantId, sender, subject)}`;
}
