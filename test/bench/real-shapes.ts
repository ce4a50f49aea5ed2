/** Emails with the shapes of real ones that cost a parser most: the same bytes each run. */

const HEAD = (subject: string, type: string): string =>
  `From: Ada Okafor <ada@northwind.example>\r\nTo: sales@inlet.example\r\nSubject: ${subject}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(" ", "-").toLowerCase()}@northwind.example>\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n\r\n`;
const SENTENCE = "Thank you for the offer; the second half of it is what we have been looking for since spring.";

export interface Shape {
  readonly label: string;
  readonly mail: Buffer;
}

/** The shapes, each with its name. */
export function realShapes(): Shape[] {
  return [
    { label: "newsletter, 40 long links", mail: newsletter() },
    { label: "Outlook reply, 25 messages deep", mail: outlookReply() },
    { label: "Gmail reply in html, 12 quotes deep", mail: gmailReply() },
    { label: "digest of 60 messages", mail: digest() },
    { label: "1 MB of text", mail: plain(1024 * 1024) },
    { label: "1 MB of html tables", mail: tables(1024 * 1024) },
    { label: "delivery report", mail: report() },
    { label: "one line", mail: plain(90) },
  ];
}

/** A link as campaign tools write them: hundreds of characters without a blank. */
function link(number: number): string {
  let token = "";
  for (let state = number + 1; token.length < 300;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    token += state.toString(36);
  }
  return `https://click.news.example/ls/click?upn=${token.slice(0, 300)}`;
}

function newsletter(): Buffer {
  const items = Array.from({ length: 40 }, (_, number) => number);
  const text = items.map((number) => `${SENTENCE}\r\n\r\nRead more ( ${link(number)} )\r\n`).join("\r\n");
  const html = items
    .map(
      (number) =>
        `<tr><td style="padding:12px;font-family:Arial"><a href="${link(number)}">Read more</a><p>${SENTENCE}</p></td></tr>`,
    )
    .join("\r\n");
  return alternative(
    "The news of spring",
    `${text}\r\nUnsubscribe ( ${link(99)} )\r\n`,
    `<html><body><table>${html}</table></body></html>`,
  );
}

function outlookReply(): Buffer {
  const turn = (number: number): string =>
    `${SENTENCE}\r\n\r\nBest regards,\r\nBo Berg\r\nHead of Sales\r\nPhone: +46 8 123 456 ${number}\r\n\r\n________________________________\r\nFrom: Bo Berg <bo@inlet.example>\r\nSent: Monday, 16 March 2026 10:0${number % 10}\r\nTo: Ada Okafor <ada@northwind.example>\r\nSubject: RE: Offer ${number}\r\n\r\n`;
  const text = Array.from({ length: 25 }, (_, number) => turn(number)).join("");
  const html = text
    .split("\r\n")
    .map(
      (line) =>
        `<p class="MsoNormal" style="margin:0cm;font-size:11.0pt">${line.replaceAll("<", "&lt;")}<o:p></o:p></p>`,
    )
    .join("\r\n");
  return alternative("RE Offer", text, `<html><body>${html}</body></html>`);
}

function gmailReply(): Buffer {
  const html = Array.from(
    { length: 12 },
    (_, depth) =>
      `<div dir="ltr"><p>${SENTENCE}</p></div><div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Mar 2026 at 10:${10 + depth}, Bo &lt;bo@inlet.example&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">`,
  ).join("");
  return Buffer.from(HEAD("Re Offer", "text/html; charset=utf-8") + html + "</blockquote></div>".repeat(12));
}

function digest(): Buffer {
  const messages = Array.from(
    { length: 60 },
    (_, number) =>
      `--d\r\n\r\nFrom: member${number}@lists.example\r\nSubject: Post ${number}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${`${SENTENCE}\r\n`.repeat(8)}`,
  );
  return Buffer.from(`${HEAD("Digest", "multipart/digest; boundary=d")}${messages.join("")}--d--\r\n`);
}

function report(): Buffer {
  return Buffer.from(
    `${HEAD("Undelivered Mail", "multipart/report; report-type=delivery-status; boundary=r")}--r\r\nContent-Type: text/plain\r\n\r\n${`${SENTENCE}\r\n`.repeat(20)}--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; jan@gone.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--r--\r\n`,
  );
}

function plain(size: number): Buffer {
  return Buffer.from(
    HEAD("Text", "text/plain; charset=utf-8") + `${SENTENCE}\r\n`.repeat(Math.ceil(size / SENTENCE.length)),
  );
}

function tables(size: number): Buffer {
  const row = `<tr><td style="padding:4px;border:1px solid #ccc">${SENTENCE}</td><td align="right">12.50</td></tr>\r\n`;
  return Buffer.from(
    `${HEAD("Table", "text/html; charset=utf-8")}<html><body><table>${row.repeat(Math.ceil(size / row.length))}</table></body></html>`,
  );
}

function alternative(subject: string, text: string, html: string): Buffer {
  return Buffer.from(
    `${HEAD(subject, "multipart/alternative; boundary=a")}--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n--a--\r\n`,
  );
}
