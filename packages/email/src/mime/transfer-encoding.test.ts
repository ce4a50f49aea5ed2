import { expect, test } from "vitest";
import { decodeTransfer, parseTransferEncoding } from "./transfer-encoding.ts";
import { takeUuencoded } from "./uuencode.ts";

function decoded(text: string, encoding: "base64" | "quoted-printable"): string {
  return decodeTransfer(Buffer.from(text, "latin1"), encoding).bytes.toString("latin1");
}

test("names of encodings as senders write them", () => {
  for (const name of ["base64", "BASE64", " Base64 (comment)", '"base64"', "base-64", "x-base64"]) {
    expect(parseTransferEncoding(name), name).toBe("base64");
  }
  for (const name of ["quoted-printable", "Quoted-Printable;", "quoted_printable", "quotedprintable", "QP"]) {
    expect(parseTransferEncoding(name), name).toBe("quoted-printable");
  }
  for (const name of ["x-uuencode", "uuencode", "x-uue"]) expect(parseTransferEncoding(name), name).toBe("uuencode");
  for (const name of ["", "7bit", "8-bit", "binary", "text/html", "x-nonsense"]) {
    expect(parseTransferEncoding(name), name).toBe("identity");
  }
});

test.each([
  ["plain", "a=3Db =e9=E9", "a=b éé"],
  ["soft breaks, blanks behind them, at the end", "one=\r\n two= \t\r\nthree=\nfour=", "one twothreefour"],
  ["blanks at line ends are dropped, encoded ones kept", "a  \t\r\nb=20\r\nc \n", "a\r\nb \r\nc\n"],
  ["bad escapes stay", "100%= =ZZ =4 ==41", "100%= =ZZ =4 =A"],
  ["raw 8-bit", "caf\xe9", "café"],
  ["bare CR inside", "a\rb =\r\n", "a\rb "],
])("quoted-printable: %s", (_name, encoded, text) => {
  expect(decoded(encoded, "quoted-printable")).toBe(text);
});

test.each([
  ["lines", "SGVs\r\nbG8=\r\n", "Hello"],
  ["no padding", "SGVsbG8", "Hello"],
  ["garbage between", "SG!Vs*bG\x008=", "Hello"],
  ["pieces encoded apart", "SGVsbG8=\r\nIHdvcmxk\r\n", "Hello world"],
  ["a list's footer below", "SGVsbG8=\r\n_______________\r\nlist mailing list\r\nlist@lists.example\r\n", "Hello"],
  ["url alphabet", "_-8=", "\xff\xef"],
])("base64: %s", (_name, encoded, text) => {
  expect(decoded(encoded, "base64")).toBe(text);
});

const LONG = "Bitte senden Sie uns ein Angebot für zwölf Geräte. ".repeat(6);

test.each([
  ["text", Buffer.from("Schöne Grüße aus Köln, bis bald.")],
  ["lines of text", Buffer.from(LONG)],
  ["lines of a file", Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256))],
])("base64 that calls itself quoted-printable: %s", (_name, content) => {
  const lines = content.toString("base64").replace(/.{76}/g, "$&\r\n");
  expect(decodeTransfer(Buffer.from(`${lines}\r\n`), "quoted-printable")).toEqual({
    bytes: content,
    misdeclared: true,
  });
});

test.each([
  "Donaudampfschifffahrtsgesellschaftskapitaen",
  "aHR0cHM6Ly9h and words",
  "AAECAwQFBgcICQoLDA0ODw==",
  "key=3Dvalue",
  "",
])("quoted-printable that only looks like base64 stays: %s", (text) => {
  expect(decodeTransfer(Buffer.from(text), "quoted-printable").misdeclared).toBe(false);
});

test.each([
  ["is decoded", "F=C3=BCr zw=C3=B6lf Ger=C3=A4te, bitte=\r\n bald.\r\n", "Für zwölf Geräte, bitte bald.\r\n"],
  ["stays where it has another =", "say that a == b and =C3=B6 here\r\n", "say that a == b and =C3=B6 here\r\n"],
])("quoted-printable that calls itself base64 %s", (_name, text, shown) => {
  const { bytes, misdeclared } = decodeTransfer(Buffer.from(text), "base64");
  expect([bytes.toString(), misdeclared]).toEqual([shown, true]);
});

test("text that only calls itself base64 stays", () => {
  const text = "Hello Sam,\r\n\r\nthis was never encoded at all.\r\n";
  expect(decodeTransfer(Buffer.from(text), "base64")).toEqual({ bytes: Buffer.from(text), misdeclared: true });
});

test("uuencoded files leave the text", () => {
  const text = "Before\nbegin 644 cat.txt\n#0V%T\n`\nend\nAfter\nbegin 644 is a phrase\nhere\n";
  const { text: rest, files } = takeUuencoded(text);
  expect(rest).toBe("Before\nAfter\nbegin 644 is a phrase\nhere\n");
  expect(files).toEqual([{ filename: "cat.txt", bytes: Buffer.from("Cat") }]);
  // Blanks at a line's end are data, and relays cut them off; CRLF; base64 form.
  const cut = takeUuencoded('begin 644 a\r\n"  \r\n \r\nend\r\nbegin-base64 644 b\nQQ==\n====\n');
  expect(cut.files).toEqual([
    { filename: "a", bytes: Buffer.from([0, 0]) },
    { filename: "b", bytes: Buffer.from("A") },
  ]);
  expect(takeUuencoded("begin 644 x\n".repeat(50_000)).files).toEqual([]);
  expect(takeUuencoded("begin with 3 words\nend\n").files).toEqual([]);
});
