import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";
import type { EmailContent } from "../port.ts";

const HEAD = "From: ann@example.com\nSubject: S\nMIME-Version: 1.0\n";

async function parsed(message: string): Promise<EmailContent> {
  const result = await parseMime(Buffer.from((HEAD + message).replaceAll("\n", "\r\n"), "utf8"));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

const files = (email: EmailContent): unknown[] =>
  email.attachments.map(({ filename, contentType, bytes }) => [
    filename,
    contentType,
    Buffer.from(bytes ?? []).toString(),
  ]);

/** f2: a part's body begins at the first line that is no field. */
test.each([
  ["words at once", "--z\nContent-Type: text/plain\nPlease send it.\n\nToday.\n--z--\n", "Please send it.\n\nToday."],
  ["no header at all", "--z\nPlease send it.\n\nToday.\n--z--\n", "Please send it.\n\nToday."],
  ["no blank line in the part", "--z\nContent-Type: text/plain\nPlease send it.\n--z--\n", "Please send it."],
  [
    "a link first",
    "--z\nContent-Type: text/plain\nhttps://example.com/a: b\nToday.\n--z--\n",
    "https://example.com/a: b\nToday.",
  ],
  ["umlauts first", "--z\nContent-Type: text/plain; charset=utf-8\nÄpfel bitte.\n--z--\n", "Äpfel bitte."],
  [
    "in a nested multipart",
    "--z\nContent-Type: multipart/alternative; boundary=y\n\n--y\nContent-Type: text/plain\nPlease.\n--y--\n--z--\n",
    "Please.",
  ],
  [
    "no blank line in front of a nested multipart",
    "--z\nContent-Type: multipart/alternative; boundary=y\n--y\nContent-Type: text/plain\nHello,\nplease.\n--y--\n--z--\n",
    "Hello,\nplease.",
  ],
])("%s: the words are the text, with a warning", async (_name, body, text) => {
  const email = await parsed(`Content-Type: multipart/mixed; boundary=z\n\n${body}`);
  expect(email.text?.trim()).toBe(text);
  expect(email.warnings).toContain("part_header_end_missing");
});

test.each([
  [
    "a broken line inside of a header",
    "--z\nContent-Type: text/plain\nbroken line\nContent-Transfer-Encoding: base64\n\nUGxlYXNl\n--z--\n",
  ],
  ["a folded field", "--z\nContent-Type: text/plain;\n charset=utf-8\n\nPlease\n--z--\n"],
])("%s is no body", async (_name, body) => {
  const email = await parsed(`Content-Type: multipart/mixed; boundary=z\n\n${body}`);
  expect(email.text?.trim()).toBe("Please");
  expect(email.warnings).not.toContain("part_header_end_missing");
});

/** f3: cut at any place of the last delimiter. */
test.each(["\n--z", "\n--zz", "\n--zz=", "\n--zz==", "\n--zz==-"])("cut at %j: the file is whole", async (cut) => {
  const email = await parsed(
    `Content-Type: multipart/mixed; boundary="zz=="\n\n--zz==\nContent-Type: text/plain\n\nhi\n--zz==\nContent-Type: text/csv; name=a.csv\n\na;b${cut}`,
  );
  expect(files(email)).toEqual([["a.csv", "text/csv", "a;b"]]);
  expect(email.warnings).toContain("cut_off");
});

test("a whole message that ends without a line end is not cut, and a signature's dashes are no delimiter", async () => {
  const email = await parsed("Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain\n\nhi\n--z--");
  expect(email).toMatchObject({ text: "hi", warnings: [] });
  const dashes = await parsed("Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain\n\nhi\n--");
  expect(dashes.text).toBe("hi\n--");
});

/** m2: blanks at a boundary and its delimiters, in front of the last dashes and behind them. */
test.each([
  ['"zz  "', "--zz  ", "--zz  --"],
  ["zz", "--zz  ", "--zz  -- "],
  ['"zz "', "--zz", "--zz--"],
  ['"z z"', "--z z\t", "--z z --"],
])("boundary %s, delimiters %j and %j", async (boundary, open, close) => {
  const email = await parsed(
    `Content-Type: multipart/mixed; boundary=${boundary}\n\n${open}\nContent-Type: text/plain\n\nHello\n${open}\nContent-Type: text/csv; name=a.csv\n\na;b\n${close}\nepilogue\n`,
  );
  expect(email.text).toBe("Hello");
  expect(files(email)).toEqual([["a.csv", "text/csv", "a;b"]]);
});

/** m1: of several types the one that the body has. */
test.each([
  ["text, then multipart", "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=z\n"],
  ["multipart, then text", "Content-Type: multipart/mixed; boundary=z\nContent-Type: text/plain\n"],
  [
    "a boundary that is not in use, then one that is",
    "Content-Type: text/html\nContent-Type: multipart/mixed; boundary=y\nContent-Type: multipart/mixed; boundary=z\n",
  ],
])("two Content-Types, %s: parts are parts", async (_name, types) => {
  const email = await parsed(
    `${types}\n--z\nContent-Type: text/plain\n\nHello\n--z\nContent-Type: text/csv; name=a.csv\n\na;b\n--z--\n`,
  );
  expect(email.text).toBe("Hello");
  expect(files(email)).toEqual([["a.csv", "text/csv", "a;b"]]);
  expect(email.warnings).toContain("several_content_types");
});

/** f4: parts of a digest are messages where they do not say otherwise. */
test("a digest: each message's words decoded, its files found, itself kept whole", async () => {
  const inner =
    "From: carl@example.com\nSubject: two\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\nsecond\n--i\nContent-Type: text/csv; name=a.csv\n\na;b\n--i--\n";
  const email = await parsed(
    `Content-Type: multipart/digest; boundary=z\n\n--z\n\nFrom: bob@example.com\nSubject: one\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n\nR3LDvMOfZQ==\n--z\n\n${inner}--z\nFrom: dora@example.com\nSubject: three\n\nno blank line in front\n--z\nContent-Type: text/plain\n\na note of the list\n--z--\n`,
  );
  for (const words of [
    "Grüße",
    "second",
    "no blank line in front",
    "a note of the list",
    "From: bob@example.com\nSubject: one",
  ])
    expect(email.text).toContain(words);
  expect(files(email)).toContainEqual(["a.csv", "text/csv", "a;b"]);
  expect(email.attachments.filter(({ contentType }) => contentType === "message/rfc822")).toHaveLength(3);
});

test("an attached message is kept byte for byte, whatever is wrong inside of it", async () => {
  const broken =
    "From: bob@example.com\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\nno blank line\n--i  --\n";
  const email = await parsed(
    `Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain\n\nsee\n--z\nContent-Type: message/rfc822\n\n${broken}\n--z--\n`,
  );
  expect(Buffer.from(email.attachments[0]?.bytes ?? []).toString()).toBe(broken.replaceAll("\n", "\r\n"));
});
