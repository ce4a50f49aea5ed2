import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";
import type { EmailContent } from "../port.ts";

const HEAD = "From: a@example.com\r\nSubject: S\r\nMIME-Version: 1.0\r\n";

async function parsed(message: string): Promise<EmailContent> {
  const result = await parseMime(Buffer.from(HEAD + message.replace(/\r?\n/g, "\r\n"), "latin1"));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

function files(email: EmailContent): unknown[] {
  return email.attachments.map((file) => [file.contentType, file.filename, Buffer.from(file.bytes ?? []).toString()]);
}

const TWO = "--x\nContent-Type: text/plain\n\none\n--x\nContent-Type: text/csv; name=a.csv\n\n1;2\n--x--\n";

test.each([
  ["no boundary parameter", `Content-Type: multipart/mixed\n\n${TWO}`, ["boundary_mended"]],
  ["a boundary that never occurs", `Content-Type: multipart/mixed; boundary=other\n\n${TWO}`, ["boundary_mended"]],
  ["a boundary in odd letters", `Content-Type: multipart/mixed; boundary="\xfc"\n\n${TWO}`, ["boundary_mended"]],
  ["an unclosed quote", `Content-Type: multipart/mixed; boundary="x\n\n${TWO}`, []],
  ["a comment behind", `Content-Type: multipart/mixed; boundary=x (Mailer 1.0)\n\n${TWO}`, []],
  [
    "blanks behind the delimiters",
    `Content-Type: multipart/mixed; boundary=x\n\n${TWO.replaceAll("--x\n", "--x  \n")}`,
    [],
  ],
  ["no subtype", `Content-Type: multipart; boundary=x\n\n${TWO}`, []],
  ["no end", `Content-Type: multipart/mixed; boundary=x\n\n${TWO.replace("--x--\n", "")}`, []],
  ["an unknown subtype", `Content-Type: multipart/x-odd; boundary=x\n\n${TWO}`, []],
])("multipart with %s", async (_name, message, warnings) => {
  const email = await parsed(message);
  expect(email.text?.trim()).toBe("one");
  expect(files(email)).toMatchObject([["text/csv", "a.csv", expect.stringMatching(/^1;2\s*$/)]]);
  expect(email.warnings).toEqual(warnings);
});

test("a multipart without any parts is the text it holds", async () => {
  const email = await parsed("Content-Type: multipart/alternative; boundary=x\n\nJust text.\n");
  expect(email.text).toBe("Just text.\n");
  expect(email.warnings).toEqual(["multipart_without_parts"]);
});

test("an inner multipart without a boundary", async () => {
  const inner = "--y\nContent-Type: text/plain\n\ninner\n--y--\n";
  const email = await parsed(
    `Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative\n\n${inner}--x\n\nouter\n--x--\n`,
  );
  expect(email.text).toBe("inner\nouter");
  expect(email.warnings).toEqual(["boundary_mended"]);
});

test("types that are none, encodings that lie", async () => {
  for (const type of ["text", "plain", "text/", "text/plain/x", "", "text plain", 'Text/Plain ; charset = "utf-8"']) {
    const email = await parsed(`Content-Type: ${type}\n\nHi\n`);
    expect([email.text, email.attachments], type).toEqual(["Hi\n", []]);
  }
  expect((await parsed("Content-Type: html\n\n<p>Hi</p>")).html).toBe("<p>Hi</p>");
  expect(files(await parsed('Content-Type: pdf; name="a.pdf"\n\nx'))).toEqual([
    ["application/octet-stream", "a.pdf", "x"],
  ]);
  const wrong = await parsed(
    "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nNot encoded at all, sorry.\n",
  );
  expect(wrong).toMatchObject({ text: "Not encoded at all, sorry.\n", warnings: ["transfer_encoding_wrong"] });
  expect((await parsed('Content-Transfer-Encoding: "base64" (yes)\n\nSGk=\n')).text).toBe("Hi");
});

test("texts below the first: unnamed ones are body, named ones are files", async () => {
  const part = (head: string, text: string): string => `--x\nContent-Type: text/plain${head}\n\n${text}\n`;
  const email = await parsed(
    `Content-Type: multipart/mixed; boundary=x\n\n${part("; name=body.txt", "body")}${part("", "more")}${part("; name=log.txt\nContent-Disposition: inline", "log")}--x--\n`,
  );
  expect(email.text).toBe("body\nmore");
  expect(files(email)).toEqual([["text/plain", "log.txt", "log"]]);
  expect(email.attachments[0]?.contentDisposition).toBe("inline");
});

test("format=flowed: soft breaks, quotes by depth, stuffing, delsp, signature", async () => {
  const flowed = (params: string, text: string): Promise<EmailContent> =>
    parsed(`Content-Type: text/plain; format=flowed${params}\n\n${text}`);
  expect((await flowed("", "one \ntwo\n> q1 \n> q2\n>> deep \n> q3\n From here\n-- \nSam\n")).text).toBe(
    "one two\n> q1 q2\n>> deep \n> q3\nFrom here\n-- \nSam",
  );
  expect((await flowed("; delsp=yes", "\xe4\xbd\xa0 \n\xe5\xa5\xbd\n")).text).toBe("你好");
});

test("charset of html that only its meta names; names of files in any encoding", async () => {
  const html = '<html><head><meta http-equiv=Content-Type content="text/html; charset=koi8-r"></head><p>\xf0\xd2\xc9';
  expect((await parsed(`Content-Type: text/html\n\n${html}`)).html).toContain("При");
  const named = await parsed(
    "Content-Type: application/pdf; name==?koi8-r?B?8NLJLnBkZg==?=\nContent-Disposition: attachment\n\nx",
  );
  expect(named.attachments[0]?.filename).toBe("При.pdf");
  const raw = await parsed(
    'Content-Type: application/pdf\nContent-Disposition: attachment; filename="\xc3\xbc.pdf"\n\nx',
  );
  expect(raw.attachments[0]?.filename).toBe("ü.pdf");
});
