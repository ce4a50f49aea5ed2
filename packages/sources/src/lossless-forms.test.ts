import { expect, test } from "vitest";
import { readForm } from "./form.ts";
import { getSourceKind } from "./registry.ts";

const multipart = (...parts: readonly string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--b\r\nContent-Disposition: form-data; ${part}\r\n`).join("")}--b--\r\n`);
const HEADERS = 'name="headers"\r\n\r\nFrom: a@client.example\r\nSubject: S\r\n';

async function attached(kind: "sendgrid" | "mailgun", body: Buffer): Promise<unknown> {
  const found = await getSourceKind(kind).parse(body, "multipart/form-data; boundary=b");
  if (found.kind !== "email") throw new Error(found.kind);
  return {
    files: found.email.attachments.map(({ bytes }) => Buffer.from(bytes ?? []).toString()),
    warnings: found.email.warnings,
  };
}

/** L24: https://github.com/anymail/django-anymail/issues/272 */
test("a part without a file name is an attachment all the same", async () => {
  const file = 'name="attachment1"\r\nContent-Type: text/plain\r\n\r\ninvoice';
  const count = 'name="attachments"\r\n\r\n1';
  expect(await attached("sendgrid", multipart(HEADERS, count, file))).toEqual({ files: ["invoice"], warnings: [] });
  const mailgun = [
    'name="from"\r\n\r\na@client.example',
    'name="attachment-count"\r\n\r\n1',
    file.replace("attachment1", "attachment-1"),
  ];
  expect(await attached("mailgun", multipart(...mailgun))).toMatchObject({ files: ["invoice"] });
});

test("files that SendGrid counts and does not post are told", async () => {
  const count = 'name="attachments"\r\n\r\n2';
  expect(await attached("sendgrid", multipart(HEADERS, count))).toEqual({
    files: [],
    warnings: ["attachments_missing"],
  });
});

/** L24: https://github.com/rails/rails/issues/46297 */
test("raw mail in a urlencoded form keeps its bytes, whatever its charset", async () => {
  const mime = Buffer.concat([
    Buffer.from("From: a@x.example\r\n\r\n"),
    Buffer.from([0xe9, 0xff, 0x00, 0x25, 0x2b, 0x26]),
  ]);
  const encoded = [...mime].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const form = await readForm(
    Buffer.from(`a=1+2&body-mime=${encoded}&odd=100%&%C3%A9=x&empty`),
    "application/x-www-form-urlencoded",
  );
  expect(form?.part("body-mime")?.bytes).toEqual(mime);
  expect([form?.text("a"), form?.text("odd"), form?.text("é"), form?.text("empty")]).toEqual(["1 2", "100%", "x", ""]);
});
