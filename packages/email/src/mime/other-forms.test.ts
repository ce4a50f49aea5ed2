import { expect, test } from "vitest";
import { emailsInMbox } from "./not-email.ts";
import { parseMime } from "../parse-mime.ts";
import type { EmailContent } from "../port.ts";
import { decompress, readCompressedRtf } from "./rtf.ts";
import { readRtfText } from "./rtf-text.ts";

const HEAD = "From: ann@example.com\nSubject: S\nMIME-Version: 1.0\n";

async function parsed(message: string): Promise<EmailContent> {
  const result = await parseMime(Buffer.from((HEAD + message).replaceAll("\n", "\r\n"), "utf8"));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

const alternative = (type: string, body: string): string =>
  `Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nOrder 4711\n--a\nContent-Type: ${type}\n\n${body}\n--a\nContent-Type: text/html\n\n<p>Order 4711</p>\n--a--\n`;

/** k8, 16: other forms of the text are no files. */
test.each([
  "text/x-amp-html",
  "text/watch-html",
  "text/enriched",
  "text/richtext",
  "text/markdown",
  "text/x-web-markdown",
  "application/ld+json",
  "application/json",
  "text/vnd.google.email-reaction+json",
  "text/rtf",
  "text/xml",
  "text/x-amp-html; name=part.html",
])("a %s beside the text is no file", async (type) => {
  expect(await parsed(alternative(type, '{"a": 1}'))).toMatchObject({ text: "Order 4711", attachments: [] });
});

test.each([
  ["a calendar", "text/calendar; method=REQUEST", "BEGIN:VCALENDAR\nEND:VCALENDAR"],
  ["a named table", "text/csv; name=a.csv", "a;b"],
  ["an image", "image/png", "x"],
  ["an attachment", "text/markdown\nContent-Disposition: attachment", "a"],
])("%s in an alternative stays a file", async (_name, type, body) => {
  expect((await parsed(alternative(type, body))).attachments).toHaveLength(1);
});

test.each([
  ["text/enriched", "<bold>Your</bold> order\nis <<sent>.\n\nBye", "Your order is <sent>.\nBye"],
  ["text/markdown", "**Your** order", "**Your** order"],
  ["text/x-amp-html", "<html amp4email><body>Your order</body></html>", "Your order"],
  ["application/rtf", String.raw`{\rtf1\ansi Your \b order\par}`, "Your order"],
])("a mail in %s only: its words are the text", async (type, body, text) => {
  for (const message of [
    `Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: ${type}\n\n${body}\n--a--\n`,
    `Content-Type: ${type}\n\n${body}\n`,
  ])
    expect(await parsed(message)).toMatchObject({ text: expect.stringContaining(text) as string, attachments: [] });
});

/** k14: calendars without text. */
test.each([
  [
    "folded, escaped",
    "SUMMARY:Call\\, again\nDESCRIPTION;LANGUAGE=de:Bitte nennen\n  Sie den Preis\\nund die Frist.",
    "Call, again\n\nBitte nennen Sie den Preis\nund die Frist.",
  ],
  ["a comment", "COMMENT:Not on Friday\\; Monday.\nSUMMARY:Call", "Not on Friday; Monday.\n\nCall"],
  ["quoted-printable (vCalendar 1.0)", "DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:Gr=C3=BC=C3=9Fe", "Grüße"],
  ["an alarm's description is none", "SUMMARY:Call\nBEGIN:VALARM\nDESCRIPTION:Reminder\nEND:VALARM", "Call"],
  ["cut off", "SUMMARY:Call\nDESCR", "Call"],
])("a calendar alone, %s", async (_name, lines, text) => {
  const end = lines.endsWith("DESCR") ? "" : "\nEND:VEVENT\nEND:VCALENDAR\n";
  const email = await parsed(
    `Content-Type: text/calendar; charset=utf-8; method=REQUEST\n\nBEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n${lines}${end}`,
  );
  expect(email).toMatchObject({ text, replyText: text });
  expect(email.attachments).toHaveLength(1);
});

test("a calendar beside empty text and html of nothing but tags", async () => {
  const email = await parsed(
    "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\n \n--a\nContent-Type: text/html\n\n<html><body>&nbsp;</body></html>\n--a\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Call\nDESCRIPTION:Price?\nEND:VEVENT\nEND:VCALENDAR\n--a--\n",
  );
  expect(email.text).toBe("Call\n\nPrice?");
});

/** k7, 12: pictures by where they lie. */
const related = (html: string, part: string): string =>
  `Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n${html}\n--r\n${part}\n\nx\n--r--\n`;

test.each([
  ["relative", '<img src="a/page.png">', "Content-Type: image/png\nContent-Location: a/page.png"],
  [
    "whole",
    '<img src="https://shop.example/p.png">',
    "Content-Type: image/png\nContent-Location: https://shop.example/p.png",
  ],
  ["a file name", '<img src="image001.png">', "Content-Type: image/png; name=image001.png"],
  ["escaped", '<img src="my%20page.png">', 'Content-Type: image/png; name="my page.png"'],
  ["a style", "<td style=\"background:url('cid:bg@x') repeat\">t</td>", "Content-Type: image/png\nContent-ID: <bg@x>"],
  [
    "a style by location",
    '<div style="background-image:url(bg.png)">t</div>',
    "Content-Type: image/png\nContent-Location: bg.png",
  ],
  [
    "a style in quotation marks",
    '<p style="background-image:url(&quot;cid:p2&quot;)">t</p>',
    "Content-Type: image/png\nContent-ID: <p2>",
  ],
  ["its file in place of its id", '<img src="cid:logo.png">', "Content-Type: image/png; name=logo.png"],
  ["a place with a blank", '<img src="my%20pic.png">', "Content-Type: image/png\nContent-Location: my pic.png"],
  ["several sizes", '<img srcset="cid:s@x 1x, cid:l@x 2x">', "Content-Type: image/png\nContent-ID: <s@x>"],
])("a picture named by %s is inline and shown", async (_name, html, part) => {
  const email = await parsed(related(html, part));
  const id = email.attachments[0]?.contentId ?? "";
  expect(email.attachments[0]?.inline).toBe(true);
  expect(email.html).toContain(`cid:${id}`);
});

test("a picture that the html does not show is no inline one, and other addresses stay remote", async () => {
  const email = await parsed(
    related(
      '<img src="https://shop.example/other.png"><p style="background:url(https://evil.example/x)">t</p>',
      "Content-Type: image/png; name=page.png",
    ),
  );
  expect(email.attachments[0]?.inline).toBe(false);
  expect(email.html).not.toMatch(/ src=|url\(/);
});

/** f5: RTF. */
test("rich text: paragraphs, code pages, unicode, what is hidden", () => {
  const rtf = String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator X;}{\colortbl;\red0;}\pard Gr\'fc\'dfe {\b an} alle\par Pr\u382?emysl\line{\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt Link}}{\footer Page 1}{\v hidden}\tab\{ok\}}`;
  expect(readRtfText(rtf)).toBe("Grüße an alle\nPržemysl\nLink\t{ok}");
});

test("compressed RTF of the specification (MS-OXRTFCP 4.1), html wrapped in RTF, hostile sizes", () => {
  const compressed = Buffer.from(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af86c2062" + "8010" + "0b00a0",
    "hex",
  );
  expect(decompress(compressed)?.toString("latin1", 0, 6)).toBe(String.raw`{\rtf1`);
  const plain = (rtf: string): Buffer => {
    const head = Buffer.alloc(16);
    head.writeUInt32LE(rtf.length + 12, 0);
    head.writeUInt32LE(rtf.length, 4);
    head.writeUInt32LE(0x414c454d, 8);
    return Buffer.concat([head, Buffer.from(rtf, "latin1")]);
  };
  const wrapped = String.raw`{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}Send {\*\htmltag84 <b>}it{\*\htmltag92 </b>}{\*\htmltag72 </p>}}`;
  expect(readCompressedRtf(plain(wrapped))).toEqual({ text: null, html: "<p>Send <b>it</b></p>" });
  expect(readCompressedRtf(plain(String.raw`{\rtf1\ansi Send it}`))).toEqual({ text: "Send it", html: null });
  const hostile = plain(String.raw`{\rtf1 a}`);
  hostile.writeUInt32LE(0xffffffff, 4);
  expect(readCompressedRtf(hostile)?.text).toBe("a");
  expect(readCompressedRtf(Buffer.from("short"))).toBeNull();
});

/** m4: one email, whatever lines it shows. */
const ENVELOPE = "From ann@example.com Tue Mar  3 09:30:00 2026\n";
const MESSAGE = "From: ann@example.com\nTo: b@example.com\nDate: Tue, 3 Mar 2026 09:30:00 +0000\nSubject: x\n\n";
test.each([
  ["two emails", `${ENVELOPE}${MESSAGE}one\n\n${ENVELOPE}${MESSAGE}two\n`, 2],
  ["a quoted From line", `${ENVELOPE}${MESSAGE}one\n\n>${ENVELOPE}${MESSAGE}two\n`, 1],
  ["a From line in a sentence", `${ENVELOPE}${MESSAGE}one\n\nFrom here on in 2026\nwe: deliver\n`, 1],
  ["a pasted envelope with a field", `${ENVELOPE}${MESSAGE}see\n\n${ENVELOPE}Subject: only this\n\ntext\n`, 1],
  [
    "a patch in the text",
    `${ENVELOPE}${MESSAGE}see\n\nFrom ${"0123456789".repeat(4)} Mon Sep 17 00:00:00 2001\nFrom: b@example.com\nDate: x\nSubject: [PATCH]\n\n---\n`,
    1,
  ],
  [
    "a message inside of an open multipart",
    `${ENVELOPE}Content-Type: multipart/mixed; boundary=z\n${MESSAGE}--z\n\n\n${ENVELOPE}${MESSAGE}inner\n--z--\n`,
    1,
  ],
])("an mbox of %s", (_name, file, count) => {
  expect(emailsInMbox(Buffer.from(file))).toBe(count);
});
