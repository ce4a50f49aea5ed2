import { isAddress } from "../addresses.ts";
import type { RecipientStatus } from "../delivery-report.ts";
import { messageIds } from "../threading.ts";

/**
 * Bounces of servers that send no report (RFC 3464), by the words that each writes: qmail, Exim, Postfix and Sendmail without a report,
 * Exchange, Gmail, Yahoo, Amazon SES, Lotus Domino. Read from the first 16 KB.
 */
const TEXT_CHARS = 16 * 1024;

const PHRASES =
  /this is the qmail-send program|i'm afraid i wasn't able to deliver your message|a message that you sent could not be delivered|this message was created automatically by mail delivery software|this is the mail system at host|your message could not be delivered|was not delivered to:|your message (to|wasn't delivered|was not delivered)|the following (message|recipient)s?.{0,40}(could not be|was not|cannot be|were not) delivered|delivery (to the following recipients? )?(has )?failed|did not reach the following recipient|message delivery failed|permanent fatal errors|unable to deliver (your )?message|undeliverable|an error occurred while trying to deliver the mail|address couldn't be found|mailbox unavailable|konnte nicht zugestellt werden|nicht zustellbar|n'a pas pu être (remis|délivré)|no se (ha podido|pudo) entregar|non è stato possibile recapitare|não (foi possível|pôde ser) entreg|kon niet worden (bezorgd|afgeleverd)|配信できません|无法(投递|送达)/iu;
const DELAY =
  /(will (be )?(retry|retried|try again|keep trying|continue to try)|has not (yet )?been delivered|is being delayed|delayed mail|still being (retried|attempted)|you do not need to resend|this is a warning message only|warning message only|noch nicht zugestellt|wird weiterhin versucht)/iu;

export interface BounceText {
  readonly delayed: boolean;
  readonly recipients: readonly RecipientStatus[];
  /** Message-ID of the message that was returned, where its header is quoted. */
  readonly original: string | null;
}

/** What a notice of a mail system says; null when the text is none. Linear: fixed windows, no nested repetition. */
export function readBounceText(text: string): BounceText | null {
  const seen = text.slice(0, TEXT_CHARS);
  const delayed = DELAY.test(seen);
  if (!delayed && !PHRASES.test(seen)) return null;
  const returned = /^[ \t>]*Message-ID:[ \t]*(<[^<>\s]{3,500}>)/im.exec(seen)?.[1] ?? null;
  // What stands above the returned message is the mail system's.
  const notice = seen.slice(
    0,
    seen.search(/^(-{3,}.{0,60}(original|copy|returned|below|headers).{0,60}|Return-Path:|Received:)/im) >>> 0,
  );
  const lines = notice.split("\n").slice(0, 200);
  const recipients: RecipientStatus[] = [];
  lines.forEach((line, index) => {
    for (const [address] of line.slice(0, 500).matchAll(/[^\s<>()[\]:;,"']{1,64}@[^\s<>()[\]:;,"']{3,255}/g)) {
      const bare = address.replace(/[.!?]+$/, "");
      if (!isAddress(bare) || recipients.some(({ recipient }) => recipient === bare) || recipients.length >= 10)
        continue;
      // Mail systems name themselves, and where to ask, beside the recipients.
      if (/^(postmaster|mailer-daemon|abuse|support|help)@/i.test(bare) || !isRecipientLine(line, bare)) continue;
      const about = lines.slice(index, index + 6).join("\n");
      recipients.push({ action: delayed ? "delayed" : "failed", status: statusIn(about), recipient: bare });
    }
  });
  return { delayed, recipients, original: returned === null ? null : (messageIds(returned)[0] ?? null) };
}

/** Alone on its line, before a colon, in brackets, or after the words that introduce it. */
function isRecipientLine(line: string, address: string): boolean {
  const around = line.replace(address, "@");
  return (
    /^\W{0,12}@\W{0,6}$/.test(around) ||
    /^\W{0,8}@\W{0,4}:/.test(around) ||
    /<@>/.test(around) ||
    /(delivered to|delivery to|message to|deliver(ing)? (your message |mail )?to|recipient\(?s?\)?:?|address:?)\W{0,6}@/i.test(
      around,
    )
  );
}

function statusIn(text: string): string | null {
  const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0];
  if (enhanced !== undefined) return enhanced;
  const basic = /\b(5[0-5]\d|4[0-5]\d)[ -]/.exec(text)?.[1];
  // RFC 3463: without an enhanced code only the class is known.
  return basic === undefined ? null : `${basic[0]}.0.0`;
}
