import type { NormalizedEvent } from "@inlet/schemas";
import { normalizeAddress } from "./effect-keys.ts";

/** Answers go to a handful of addresses; a hostile header names thousands. */
const MOST = 20;

/**
 * The addresses of the people who wrote an email, as a contact's key has them: From, the contact behind it, and where answers are wanted.
 * Whose email it is when a person is erased (docs/guides/erasure.md); who only received it is none of them.
 */
export function getWriters(email: Pick<NormalizedEvent, "from" | "contact" | "replyTo">): string[] {
  const given = [email.from, email.contact, ...email.replyTo];
  const keys = given.map((mailbox) => normalizeAddress(mailbox?.email ?? "")).filter((key) => key !== null);
  return [...new Set(keys)].slice(0, MOST);
}
