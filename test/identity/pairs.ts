import type { Given, Way } from "./deliveries.ts";

const HEADERS = {
  from: "Ada Oz <ada@client.example>",
  to: "sales@inlet.example",
  subject: "What does the large one cost?",
  id: "<m1@client.example>",
  date: "Wed, 31 Dec 2025 23:00:00 +0000",
  text: "Please say what it costs.",
  /** Lines before all others. */
  trace: "",
  /** Lines after the others. */
  more: "",
};

/** An email; what a line of the table is about is all that it says of it. */
function mail(changes: Partial<Record<keyof typeof HEADERS, string | null>> = {}): string {
  const { from, to, subject, id, date, text, trace, more } = { ...HEADERS, ...changes };
  const field = (name: string, value: string | null): string => (value === null ? "" : `${name}: ${value}\r\n`);
  const fields = [field("From", from), field("To", to), field("Subject", subject), field("Message-ID", id)];
  return `${trace ?? ""}${fields.join("")}${field("Date", date)}${more ?? ""}\r\n${text ?? ""}\r\n`;
}

const sent = (by: Way, mime: string, more: Omit<Given, "by" | "mime"> = {}): Given => ({ by, mime, ...more });
const hop = (n: number): string =>
  `Return-Path: <ada@client.example>\r\nDelivered-To: sales@inlet.example\r\nReceived: from a${n}.example by b.example;\r\n\tWed, 31 Dec 2025 23:00:0${n} +0000\r\nX-Received: by 10.0.0.${n}\r\nAuthentication-Results: b.example; spf=pass; n=${n}\r\nARC-Seal: i=1; b=${n}\r\n`;
const list = (from: string): Partial<typeof HEADERS> => ({ text: `${HEADERS.text}\r\n--\r\nTo unsubscribe: ${from}` });

export type Verdict = "same delivery" | "same email" | "two emails";

/**
 * Item 5: two deliveries, and what they are. A same delivery ends once; of a same email the second is `suppressed: duplicate_email` and adds what is
 * new; two emails are both written, and neither changes the other.
 */
export const PAIRS: readonly (readonly [what: string, first: Given, second: Given, verdict: Verdict])[] = [
  // What a sender or a server does again.
  ["sent again by SMTP, byte for byte", sent("smtp", mail()), sent("smtp", mail()), "same delivery"],
  [
    "the same content with other trace fields",
    sent("smtp", mail({ trace: hop(1) })),
    sent("smtp", mail({ trace: hop(2) })),
    "same delivery",
  ],
  ["retried as raw MIME, to another gateway", sent("raw-mime", mail()), sent("raw-mime", mail()), "same delivery"],
  [
    "the order of recipients",
    sent("smtp", mail(), { to: ["a@inlet.example", "b@inlet.example"] }),
    sent("smtp", mail(), { to: ["B@inlet.example", "a@inlet.example"] }),
    "same delivery",
  ],
  [
    "the sender's id again, other content",
    sent("signed-json", mail(), { id: "evt-1" }),
    sent("signed-json", mail({ text: "Other" }), { id: "evt-1" }),
    "same delivery",
  ],
  [
    "the sender's other id, the same content",
    sent("signed-json", mail(), { id: "evt-1" }),
    sent("signed-json", mail(), { id: "evt-2" }),
    "same email",
  ],
  [
    "Postmark's id again",
    sent("postmark", mail(), { id: "p1" }),
    sent("postmark", mail(), { id: "p1" }),
    "same delivery",
  ],
  ["Postmark's other id", sent("postmark", mail(), { id: "p1" }), sent("postmark", mail(), { id: "p2" }), "same email"],
  [
    "Mailgun retries, signed anew",
    sent("mailgun", mail(), { id: "t1" }),
    sent("mailgun", mail(), { id: "t2" }),
    "same delivery",
  ],
  [
    "Mailgun's raw form retries",
    sent("mailgun-mime", mail({ trace: hop(1) })),
    sent("mailgun-mime", mail({ trace: hop(2) })),
    "same delivery",
  ],
  ["SendGrid retries, with another boundary", sent("sendgrid", mail()), sent("sendgrid", mail()), "same delivery"],
  [
    "SendGrid's raw form retries",
    sent("sendgrid-raw", mail({ trace: hop(1) })),
    sent("sendgrid-raw", mail({ trace: hop(2) })),
    "same delivery",
  ],
  [
    "the sending server tries CloudMailin again",
    sent("cloudmailin", mail({ trace: hop(1) })),
    sent("cloudmailin", mail({ trace: hop(2) })),
    "same delivery",
  ],
  [
    "the same, raw",
    sent("cloudmailin-raw", mail({ trace: hop(1) })),
    sent("cloudmailin-raw", mail({ trace: hop(2) })),
    "same delivery",
  ],
  [
    "SNS posts a notification again",
    sent("ses", mail(), { id: "s1" }),
    sent("ses", mail(), { id: "s1" }),
    "same delivery",
  ],

  // One email on several ways.
  [
    "two receipt rules of one message (L24)",
    sent("ses", mail(), { id: "s1", to: ["a@inlet.example"] }),
    sent("ses", mail(), { id: "s1", to: ["b@inlet.example"] }),
    "same email",
  ],
  [
    "one post per recipient",
    sent("mailgun", mail(), { to: ["a@inlet.example"] }),
    sent("mailgun", mail(), { to: ["b@inlet.example"] }),
    "same email",
  ],
  ["a Bcc copy by SMTP", sent("smtp", mail()), sent("smtp", mail(), { to: ["hidden@inlet.example"] }), "same email"],
  [
    "forwarded by a server, which changes nothing but the way",
    sent("smtp", mail()),
    sent("smtp", mail({ trace: hop(3) }), { to: ["archive@inlet.example"] }),
    "same email",
  ],
  [
    "Subject folded and spaced otherwise",
    sent("smtp", mail()),
    sent("raw-mime", mail({ subject: "What does  the\r\n large one cost?" })),
    "same email",
  ],
  ["From in other case", sent("smtp", mail()), sent("raw-mime", mail({ from: "ADA@Client.Example" })), "same email"],
  ...(
    [
      "postmark",
      "mailgun",
      "mailgun-mime",
      "sendgrid",
      "sendgrid-raw",
      "ses",
      "cloudmailin",
      "cloudmailin-raw",
    ] as const
  ).map(
    (way) =>
      [
        `SMTP, and what ${way} leaves of it`,
        sent("smtp", mail({ trace: hop(1) })),
        sent(way, mail({ trace: hop(1) })),
        "same email",
      ] as const,
  ),
  [
    "a source that lost the html, and one that did not",
    sent("smtp", mail({ more: "Content-Type: text/html\r\n", text: "<p>Hi</p>" })),
    sent("signed-json", mail({ text: "Hi" })),
    "same email",
  ],
  [
    "no Message-ID, the same content by two sources",
    sent("smtp", mail({ id: null })),
    sent("raw-mime", mail({ id: null })),
    "same email",
  ],

  // Two emails that look alike.
  [
    "same Message-ID, another text (L19)",
    sent("smtp", mail()),
    sent("smtp", mail({ text: "Pay to another IBAN." })),
    "two emails",
  ],
  [
    "the same, to another recipient",
    sent("smtp", mail()),
    sent("smtp", mail({ text: "Other" }), { to: ["b@inlet.example"] }),
    "two emails",
  ],
  [
    "the same, by each provider without an id",
    sent("sendgrid", mail()),
    sent("sendgrid", mail({ text: "Other" })),
    "two emails",
  ],
  ["the same, by Mailgun", sent("mailgun", mail()), sent("mailgun", mail({ text: "Other" })), "two emails"],
  ["the same, by CloudMailin", sent("cloudmailin", mail()), sent("cloudmailin", mail({ text: "Other" })), "two emails"],
  [
    "the same, by Postmark under another id",
    sent("postmark", mail()),
    sent("postmark", mail({ text: "Other" })),
    "two emails",
  ],
  [
    "the same, with the sender's other id",
    sent("signed-json", mail(), { id: "1" }),
    sent("signed-json", mail({ text: "Other" }), { id: "2" }),
    "two emails",
  ],
  [
    "same Message-ID, two senders",
    sent("smtp", mail()),
    sent("raw-mime", mail({ from: "eve@else.example" })),
    "two emails",
  ],
  [
    "same Message-ID, another Date",
    sent("smtp", mail()),
    sent("raw-mime", mail({ date: "Thu, 1 Jan 2026 09:00:00 +0000" })),
    "two emails",
  ],
  [
    "a draft sent again with another Subject",
    sent("smtp", mail()),
    sent("raw-mime", mail({ subject: "Forget the large one" })),
    "two emails",
  ],
  [
    "a mailing list's copy with its footer, beside the direct one",
    sent("smtp", mail()),
    sent("smtp", mail(list("list@lists.example"))),
    "two emails",
  ],
  [
    "a mailing list's copy with its Subject",
    sent("smtp", mail()),
    sent("raw-mime", mail({ subject: `[list] ${HEADERS.subject}` })),
    "two emails",
  ],
  [
    "another attachment",
    sent("smtp", mail({ more: "Content-Disposition: attachment\r\n", text: "a" })),
    sent("smtp", mail({ more: "Content-Disposition: attachment\r\n", text: "b" })),
    "two emails",
  ],
  [
    "no Message-ID, another text",
    sent("smtp", mail({ id: null })),
    sent("smtp", mail({ id: null, text: "Other" })),
    "two emails",
  ],
  [
    "no Date, another text, two sources",
    sent("smtp", mail({ date: null })),
    sent("raw-mime", mail({ date: null, text: "Other" })),
    "two emails",
  ],
  [
    "a Subject behind a bare CR in a trace field",
    sent("smtp", mail()),
    sent("smtp", mail({ trace: "Received: x\rSubject: Pay elsewhere\r\n", subject: null })),
    "two emails",
  ],
  [
    "a body that looks like a trace field",
    sent("smtp", mail({ text: "Received: one" })),
    sent("smtp", mail({ text: "Received: two" })),
    "two emails",
  ],
];
