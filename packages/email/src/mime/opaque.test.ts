import * as asn1 from "asn1js";
import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";
import type { EmailContent } from "../port.ts";
import { readOpaque } from "./opaque.ts";

const SIGNED = "1.2.840.113549.1.7.2";
const ENTITY = "Content-Type: text/plain; charset=utf-8\r\n\r\nPlease send ten.\r\n";

/** A CMS object with this content, as a signer writes it; signatures are not looked at. */
function cms(type: string, content: string, pieces = 1): Buffer {
  const size = Math.ceil(content.length / pieces);
  const chunks = Array.from({ length: pieces }, (_, at) => Buffer.from(content.slice(at * size, (at + 1) * size)));
  const octets =
    pieces === 1
      ? new asn1.OctetString({ valueHex: Uint8Array.from(chunks[0] as Buffer).buffer })
      : new asn1.OctetString({
          isConstructed: true,
          value: chunks.map((chunk) => new asn1.OctetString({ valueHex: Uint8Array.from(chunk).buffer })),
        });
  const explicit = (value: asn1.BaseBlock[]): asn1.Constructed =>
    new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value });
  const encapsulated = new asn1.Sequence({
    value: [new asn1.ObjectIdentifier({ value: "1.2.840.113549.1.7.1" }), explicit([octets])],
  });
  const data = new asn1.Sequence({
    value: [new asn1.Integer({ value: 1 }), new asn1.Set(), encapsulated, new asn1.Set()],
  });
  const outer = new asn1.Sequence({ value: [new asn1.ObjectIdentifier({ value: type }), explicit([data])] });
  return Buffer.from(outer.toBER());
}

async function parsed(bytes: Buffer, header: string): Promise<EmailContent> {
  const message = `From: ann@example.com\r\nSubject: S\r\nMIME-Version: 1.0\r\n${header}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`;
  const result = await parseMime(Buffer.from(message));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

/** 35, k9: content inside of a signature, whatever type the mail gives it. */
test.each([
  "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
  "Content-Type: application/pkcs7-mime; name=smime.p7m",
  "Content-Type: application/x-pkcs7-mime",
  "Content-Type: application/octet-stream; name=smime.p7m",
  "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
])("%s: the words are the text, the signature is said unverified", async (header) => {
  for (const pieces of [1, 3]) {
    const email = await parsed(cms(SIGNED, ENTITY, pieces), header);
    expect(email).toMatchObject({ text: "Please send ten.\n", attachments: [], warnings: ["signature_unverified"] });
  }
});

test("a signature inside of a signature is opened, its files are files", async () => {
  const inner = `Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nSee\r\n--i\r\nContent-Type: text/csv; name=a.csv\r\n\r\na;b\r\n--i--\r\n`;
  const middle = `Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n${cms(SIGNED, inner).toString("base64")}\r\n`;
  const email = await parsed(cms(SIGNED, middle), "Content-Type: application/pkcs7-mime");
  expect(email.text).toBe("See");
  expect(email.attachments.map(({ filename }) => filename)).toEqual(["a.csv"]);
});

test("a signed PDF, encrypted content and what is no CMS stay files", async () => {
  const pdf = await parsed(
    cms(SIGNED, "%PDF-1.4\nnothing of MIME"),
    "Content-Type: application/pkcs7-mime; name=contract.pdf.p7m",
  );
  expect(pdf.attachments.map(({ filename }) => filename)).toEqual(["contract.pdf.p7m"]);
  expect(pdf.warnings).toEqual(["signed_opaque"]);
  const encrypted = await parsed(
    cms("1.2.840.113549.1.7.3", ENTITY),
    "Content-Type: application/octet-stream; name=smime.p7m",
  );
  expect(encrypted).toMatchObject({ text: null, warnings: ["encrypted"] });
  expect(
    (await parsed(Buffer.from("hello"), "Content-Type: application/octet-stream; name=smime.p7m")).attachments,
  ).toHaveLength(1);
});

test("hostile bytes: deep nesting, cut and endless lengths", () => {
  const whole = cms(SIGNED, ENTITY);
  for (let length = 0; length < whole.length; length += 7)
    expect(() => readOpaque(whole.subarray(0, length))).not.toThrow();
  expect(readOpaque(Buffer.alloc(200_000, 0x30))).toBeNull();
  expect(readOpaque(Buffer.alloc(200_000, 0x80))).toBeNull();
});
