import { expect, test } from "vitest";
import { safeFilename } from "../attachments/attachments.ts";
import { parseDate } from "./dates.ts";
import { parseMime } from "../parse-mime.ts";
import { messageId, messageIds, repliedTo } from "./threading.ts";

test.each([
  ["Mon, 02 Mar 2026 09:30:00 +0100", Date.UTC(2026, 2, 2, 8, 30)],
  ["2 Mar 26 09:30 -0530 (comment (nested))", Date.UTC(2026, 2, 2, 15, 0)],
  ["Mon, 2 Mar 2026 09:30:00 EST", Date.UTC(2026, 2, 2, 14, 30)],
  ["Mon, 2 Mar 2026 09:30:00 GMT", Date.UTC(2026, 2, 2, 9, 30)],
  ["Mon,  2  March 2026 09:30:00", Date.UTC(2026, 2, 2, 9, 30)],
  ["2026-03-02T09:30:00Z", Date.UTC(2026, 2, 2, 9, 30)],
  ["2026-03-02 09:30:00", Date.UTC(2026, 2, 2, 9, 30)],
  ["Thu, 01 Jan 1970 00:00:00 +0000", 0],
  ["Thu, 01 Jan 1950 00:00:00 +0000", null],
  ["Mon, 31 Feb 2026 09:30:00 +0000", null],
  ["Fri, 2 Mar 2026 24:00:00 +0000", Date.UTC(2026, 2, 3)],
  ["Mon, 2 Mar 2026 24:01:00 +0000", null],
  ["2 Mar 126 09:30 PM (year 2000 fault)", Date.UTC(2026, 2, 2, 21, 30)],
  ["Mon, 02 Mar 2026 09:30:00 GMT+0100", Date.UTC(2026, 2, 2, 8, 30)],
  ["Mon, 2 Mar 2026 09:30:00 EST5EDT", Date.UTC(2026, 2, 2, 14, 30)],
  ["Mon, 2 Mar 2026 09:30:00 +9900", null],
  ["Mon, 2 Mar 2026 09:30:00 +0545 (NPT)", Date.UTC(2026, 2, 2, 3, 45)],
  ["Mon,2 Mar 2026 9.30.05", Date.UTC(2026, 2, 2, 9, 30, 5)],
  ["Mon Mar  2 09:30:00 2026", Date.UTC(2026, 2, 2, 9, 30)],
  ["Mon Mar  2 09:30:00 CET 2026", Date.UTC(2026, 2, 2, 8, 30)],
  ["Monday, March 2, 2026 9:30:00 AM", Date.UTC(2026, 2, 2, 9, 30)],
  ["2-Mar-26 9:30", Date.UTC(2026, 2, 2, 9, 30)],
  ["2026/03/02 09:30 +0100", Date.UTC(2026, 2, 2, 8, 30)],
  ["2 Mar 2026", Date.UTC(2026, 2, 2)],
  ["Mo, 2 Mrz 2026 09:30:00 +0100", Date.UTC(2026, 2, 2, 8, 30)],
  ["lun., 2 août 2026 09:30", Date.UTC(2026, 7, 2, 9, 30)],
  ["2 de março de 2026 09:30", Date.UTC(2026, 2, 2, 9, 30)],
  ["Пн, 2 мая 2026 09:30:00 +0300", Date.UTC(2026, 4, 2, 6, 30)],
  ["2 marraskuuta 2026 09:30", Date.UTC(2026, 10, 2, 9, 30)],
  ["5 listopada 2026 1:00", null],
  ["02/03/2026 10:00", null],
  ["Mon, 2 Mar 99999 09:30:00 +0000", null],
  ["Mon, 2 Mar 0026 09:30:00 +0000", null],
  ["yesterday", null],
  ["Mon, 40 Mar 2026 09:30:00 +0000", null],
  ["", null],
])("date %j", (text, expected) => {
  expect(parseDate(text)).toBe(expected);
});

test("message ids: brackets, folding, junk, doubles", () => {
  expect(messageIds("<a@x.example>\r\n\t<b@x.example> (comment) <a@x.example>")).toEqual([
    "a@x.example",
    "b@x.example",
  ]);
  expect(messageIds("a@x.example, b@x.example")).toEqual(["a@x.example", "b@x.example"]);
  expect(messageIds("<a@x. example>")).toEqual(["a@x.example"]);
  expect(messageIds("<a@x.example <b@y.example>")).toEqual(["a@x.example", "b@y.example"]);
  expect(messageIds("&lt;a@x.example&gt;")).toEqual(["a@x.example"]);
  expect(messageIds("=?utf-8?Q?<a@x.example>?=\r\n =?utf-8?Q?_<b@x.example>?=")).toEqual([
    "a@x.example",
    "b@x.example",
  ]);
  expect(messageIds("(sent by) a@x.example")).toEqual(["a@x.example"]);
  expect(repliedTo('Your message of "Mon, 2 Mar" <a@x.example>')).toBe("a@x.example");
  expect(repliedTo("Message from Joe <joe@x.example> of Monday <a@x.example>")).toBe("a@x.example");
  expect(repliedTo("<a@x.example> <b@x.example>")).toBe("a@x.example");
  expect(messageIds("your mail of Monday")).toEqual([]);
  expect(messageId("no-at-sign")).toBe("no-at-sign");
  expect(messageId("<>")).toBeNull();
});

test("file names lose paths, controls and direction marks, never their extension", () => {
  expect(safeFilename("../../etc/passwd")).toBe("passwd");
  expect(safeFilename("C:\\Users\\x\\a.pdf")).toBe("a.pdf");
  expect(safeFilename("in\u202Efdp.exe\r\n")).toBe("infdp.exe");
  expect(safeFilename("..")).toBeNull();
  expect(safeFilename(".bashrc")).toBe(".bashrc");
  expect(safeFilename(`${"é".repeat(500)}.tar.gz`)).toMatch(/^é+\.gz$/);
  expect(safeFilename(`${"é".repeat(500)}.tar.gz`)?.length).toBe(200);
});

test("Authentication-Results count only when their server is trusted; the topmost wins", async () => {
  const message = Buffer.from(
    "Authentication-Results: mx.inlet.example 1; spf=pass smtp.mailfrom=x.example; dkim=fail (bad; sig) header.d=x.example;\r\n dkim=pass header.d=y.example; dmarc=none\r\nAuthentication-Results: mx.inlet.example; spf=fail\r\nFrom: a@example.com\r\n\r\nHi\r\n",
  );
  const [untrusted, trusted, other] = await Promise.all([
    parseMime(message),
    parseMime(message, { trustedAuthservIds: ["MX.inlet.example"] }),
    parseMime(message, { trustedAuthservIds: ["inlet.example"] }),
  ]);
  expect(trusted).toMatchObject({ ok: true, email: { auth: { spf: "pass", dkim: "pass", dmarc: "none" } } });
  for (const none of [untrusted, other]) {
    expect(none).toMatchObject({ ok: true, email: { auth: { spf: null, dkim: null, dmarc: null } } });
  }
});

test("undeclared and wrongly declared charsets", async () => {
  const text = async (charset: string, bytes: Buffer): Promise<string | null> => {
    const head = Buffer.from(`From: a@example.com\r\nContent-Type: text/plain${charset}\r\n\r\n`);
    const result = await parseMime(Buffer.concat([head, bytes]));
    return result.ok ? result.email.text : null;
  };
  expect(await text("", Buffer.from("Grüße"))).toBe("Grüße");
  expect(await text("", Buffer.from("Grüße", "latin1"))).toBe("Grüße");
  expect(await text("; charset=utf-8", Buffer.from("Grüße", "latin1"))).toBe("Grüße");
  expect(await text("; charset=us-ascii", Buffer.from("Grüße"))).toBe("Grüße");
  expect(await text("; charset=cp850", Buffer.from("Hello"))).toBe("Hello");
  expect(await text("; charset=utf-7", Buffer.from("+ADw-script+AD4-"))).toBe("<script>");
  expect(await text("; charset=utf-8", Buffer.from("a\0b"))).toBe("ab");
});

test.each([
  ["header.from=client.example", "pass"],
  ["header.from=CLIENT.example.", "pass"],
  ["", "pass"],
  ["header.from=bank.example", null],
])("D2: a trusted server's DMARC result counts for the author's domain only: %s", async (on, dmarc) => {
  const mail = `Authentication-Results: mx.acme.example; dmarc=pass ${on}\r\nFrom: Ann <ann@client.example>\r\n\r\nHi\r\n`;
  const result = await parseMime(Buffer.from(mail), { trustedAuthservIds: ["mx.acme.example"] });
  expect(result.ok ? result.email.auth.dmarc : result.fault).toBe(dmarc);
});
