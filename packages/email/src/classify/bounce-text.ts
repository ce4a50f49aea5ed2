import { isAddress } from "../headers/addresses.ts";
import type { RecipientStatus } from "./delivery-report.ts";
import { messageIds } from "../headers/threading.ts";
import { BOUNCE_TEXT, DELAY_TEXT } from "./bounce-phrases.ts";

/**
 * Bounces of servers that send no report (RFC 3464), by what each writes: qmail, Exim, Postfix and Sendmail without a report, Exchange,
 * Gmail, Yahoo, Amazon SES, Lotus Domino. Read from the first 16 KB.
 */
const TEXT_CHARS = 16 * 1024;
/** What an SMTP server answered (RFC 5321 4.2, RFC 3463), in whatever language the words around it are. */
const SMTP_REPLY =
  /(?:^|[\s:;(])(?:4[0-5]\d|5[0-5]\d)[ -]#?[245]\.\d{1,3}\.\d{1,3}\b|\b(?:said|smtp;|reason|error|code|diagnostic[- ]code|status)\W{1,4}(?:smtp;? ?)?(?:4[0-5]\d|5[0-5]\d)\b|^\W{0,8}5[0-5]\d[ -][A-Z#<]/im;
/** Where the message that did not arrive begins. */
const RETURNED =
  /^(?:[-|]{3,}.{0,60}(?:original|copy|returned|below|headers|message text).{0,60}|(?:message headers follow|original message|ursprüngliche nachricht).{0,20}|Return-Path:.{0,200}|Received:.{0,200})/im;

const ADDRESS = /[^\s<>()[\]:;,"']{1,64}@[^\s<>()[\]:;,"']{3,255}/g;
/** Words that scripts without spaces put right behind an address: `jan@weg.example님에게`. */
const GLUED =
  /(\.[a-z]{2,24})[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}、。，].*$/iu;

export interface BounceText {
  readonly delayed: boolean;
  /** A mail system's words. */
  readonly worded: boolean;
  /** An SMTP server's answer stands in it. */
  readonly replied: boolean;
  /** The header of a message is quoted in it. */
  readonly quotes: boolean;
  readonly recipients: readonly RecipientStatus[];
  /** Whether they stand where mail systems put them. */
  readonly placed: boolean;
  /** Whom the quoted header says that the message was for. */
  readonly writtenTo: readonly string[];
  /** Who it says wrote it. */
  readonly writtenBy: string | null;
  /** Message-ID of the message that was returned, where its header is quoted. */
  readonly original: string | null;
}

/** What a notice of a mail system says. `others`: addresses that are in its own header. Linear: fixed windows, no nested repetition. */
export function readBounceText(text: string, others: readonly string[]): BounceText {
  const seen = text.slice(0, TEXT_CHARS);
  const delayed = DELAY_TEXT.test(seen);
  const returned = /^[ \t>]*Message-ID:[ \t]*(<[^<>\s]{3,500}>)/im.exec(seen)?.[1] ?? null;
  // What stands above the returned message is the mail system's.
  const notice = seen.slice(0, seen.search(RETURNED) >>> 0);
  const { recipients, placed } = recipientsIn(notice, delayed, others);
  const below = seen.slice(notice.length);
  return {
    delayed,
    worded: delayed || BOUNCE_TEXT.test(seen),
    replied: SMTP_REPLY.test(notice),
    quotes: (below.match(/^(?:From|To|Subject|Date|Message-ID|Received):/gim) ?? []).length >= 2,
    recipients,
    placed,
    writtenBy: /^[ \t>]*From:(.{0,500})/im.exec(seen)?.[1]?.match(ADDRESS)?.[0] ?? null,
    writtenTo: [...(/^[ \t>]*To:(.{0,500})/im.exec(seen)?.[1] ?? "").matchAll(ADDRESS)].map(([address]) => address),
    original: returned === null ? null : (messageIds(returned)[0] ?? null),
  };
}

/** Those that stand where mail systems put them; else any that the notice names. */
function recipientsIn(
  notice: string,
  delayed: boolean,
  others: readonly string[],
): Pick<BounceText, "recipients" | "placed"> {
  const lines = notice.split("\n").slice(0, 200);
  const placed: RecipientStatus[] = [];
  const named: RecipientStatus[] = [];
  lines.forEach((line, index) => {
    for (const [address] of line.slice(0, 500).matchAll(ADDRESS)) {
      const bare = address
        .replace(/^.*：/u, "")
        .replace(/(?<![.!?])[.!?]+$/, "")
        .replace(GLUED, "$1");
      const known = [...placed, ...named].some(({ recipient }) => recipient === bare);
      if (!isAddress(bare) || known || named.length + placed.length >= 10) continue;
      // Mail systems name themselves, and where to ask, beside the recipients.
      if (/^(postmaster|mailer-daemon|abuse|support|help)@/i.test(bare) || others.includes(bare.toLowerCase()))
        continue;
      const about = lines.slice(index, index + 6).join("\n");
      const into = isRecipientLine(line, bare) ? placed : named;
      into.push({ action: delayed ? "delayed" : "failed", status: statusIn(about), recipient: bare });
    }
  });
  return { recipients: placed.length > 0 ? placed : named, placed: placed.length > 0 };
}

const RECIPIENT_LABEL =
  /^\W{0,6}(?:收件人|收信人|宛先|받는 ?사람|수신자|получатель|отримувач|одержувач|odbiorca|adresat|destinatari[oe]|destinataire|destinatário|empfänger|ontvanger|mottagare|modtager|mottaker|vastaanottaja|příjemce|címzett|alıcı|παραλήπτης)\s?[:：]\s*\W?@\W{0,4}$/iu;

/** Alone on its line, before a colon, in brackets, or after the words that introduce it. */
function isRecipientLine(line: string, address: string): boolean {
  const around = line.replace(address, "@");
  return (
    /^\W{0,12}@\W{0,6}$/.test(around) ||
    /^\W{0,8}@\W{0,4}:/.test(around) ||
    /<@>/.test(around) ||
    RECIPIENT_LABEL.test(around) ||
    /(delivered to|delivery to|message to|deliver(ing)? (your message |mail )?to|recipient\(?s?\)?:?|address:?)\W{0,6}@/i.test(
      around,
    )
  );
}

function statusIn(text: string): string | null {
  const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0];
  if (enhanced !== undefined) return enhanced;
  const basic = /(?:^|[^\d.])(5[0-5]\d|4[0-5]\d)[ -]/.exec(text)?.[1];
  // RFC 3463: without an enhanced code only the class is known.
  return basic === undefined ? null : `${basic[0]}.0.0`;
}
