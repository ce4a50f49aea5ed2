import { createHash } from "node:crypto";
import type { Mailbox } from "@inlet/schemas";

/**
 * Hex SHA-256 of what an email says (docs/concepts/protocol.md, section 1): From, To, Cc, Date as sent, Subject, text and html as sent (decoded,
 * before sanitizing: a better sanitizer is not another email), attachment hashes. Each part is length-prefixed, so no
 * two emails share a hash by moving content between parts.
 */
export function hashContent(email: {
  from: Mailbox | null;
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  dateAsSent: string | null;
  subject: string | null;
  text: string | null;
  html: string | null;
  attachments: readonly { sha256: string; filename: string | null; size: number }[];
}): string {
  const hash = createHash("sha256");
  const part = (value: string): void => {
    hash.update(`${Buffer.byteLength(value)}:`).update(value);
  };
  part(email.from === null ? "" : mailbox(email.from));
  part(email.to.map(mailbox).join(","));
  part(email.cc.map(mailbox).join(","));
  part(email.dateAsSent ?? "");
  part(email.subject ?? "");
  part((email.text ?? "").trimEnd());
  part((email.html ?? "").trimEnd());
  // To be fetched: name and size stand in, since the address may differ by delivery and the fetch may fail.
  part(email.attachments.map((file) => file.sha256 || `${file.filename ?? ""}/${file.size}`).join(","));
  return hash.digest("hex");
}

function mailbox({ name, email }: Mailbox): string {
  return `${name ?? ""}<${email.toLowerCase()}>`;
}
