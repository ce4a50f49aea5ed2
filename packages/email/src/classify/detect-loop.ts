import { recipientsIn } from "@inlet/mailboxes";
import type { MailboxRules } from "@inlet/mailboxes";
import type { EmailContent } from "../port.ts";
import type { Classification } from "./evidence.ts";

/** Servers on the way; mail of a person passes a dozen at most, and servers themselves give up at 50 to 100 (RFC 5321 6.3). */
const MOST_HOPS = 45;
const AUTOMATIC = new Set<string>(["auto_reply", "out_of_office", "challenge", "no_reply", "bounce", "delay"]);

/**
 * Mail that must not go on, since what it causes would come back (RFC 3834 2): an automatic mail from one of our own mailboxes, one that
 * says in `X-Loop` that it was here, or one that went round many servers. Signs for it; none: no loop.
 */
export function detectLoop(content: EmailContent, mailboxes: readonly MailboxRules[]): string[] {
  const value = (name: string): string[] =>
    content.headers.filter((header) => header.name.toLowerCase() === name).map((header) => header.value);
  const recipients = recipientsIn(mailboxes);
  const isOwn = (address: string): boolean => {
    const found = recipients.find(address);
    return found?.kind === "mailbox" && !found.rule.startsWith("*@");
  };
  const automatic = AUTOMATIC.has(content.classification.kind);
  return [
    ...(automatic && content.from !== null && isOwn(content.from.email) ? ["loop:own_mailbox"] : []),
    ...(value("x-loop").some((text) =>
      (text.match(/[^\s<>,;]{1,320}@[^\s<>,;]{1,320}/g) ?? []).slice(0, 20).some(isOwn),
    )
      ? ["loop:x_loop"]
      : []),
    ...(value("received").length > MOST_HOPS ? ["loop:hops"] : []),
  ];
}

export function gradeLoop(content: EmailContent, mailboxes: readonly MailboxRules[]): EmailContent["classification"] {
  const signs = detectLoop(content, mailboxes);
  const { kind, reasons } = content.classification as Classification;
  return signs.length === 0 ? { kind, reasons } : { kind: "loop", reasons: [...signs, ...reasons] };
}
