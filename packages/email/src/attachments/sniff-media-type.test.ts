import { expect, test } from "vitest";
import { sniffType } from "./sniff-media-type.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

test.each<[string, string | Buffer, string | null]>([
  ["a page", "<!DOCTYPE html><p>x", "text/html"],
  ["a page after white space and comments", "\n <!-- a --> <!-- b -->\t<HtMl >", "text/html"],
  ["a page behind a byte order mark", "\u{FEFF}<html>", "text/html"],
  ["a page in UTF-16", utf16("<script>x</script>"), "text/html"],
  ["a bare script element", "<script>x</script>", "text/html"],
  ["a drawing", '<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', "image/svg+xml"],
  ["a drawing behind a declaration", '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x"><svg>', "image/svg+xml"],
  ["other xml", '<?xml version="1.0"?><invoice/>', "application/xml"],
  ["a shell script", "#!/bin/sh\nrm -rf x", "text/x-shellscript"],
  ["a program of Windows", Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]), "application/x-msdownload"],
  [
    "a program of Linux",
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, ...Array<number>(60).fill(0)]),
    "application/x-elf",
  ],
  [
    "a shortcut",
    Buffer.concat([Buffer.from("4c0000000114020000000000c000000000000046", "hex"), Buffer.alloc(80)]),
    "application/x-ms-shortcut",
  ],
  ["a pdf", "%PDF-1.7\n", "application/pdf"],
  ["text that mentions html", "Use <html> for pages.", null],
  ["markdown", "# <script>", null],
  ["nothing", "", null],
])("%s", async (_name, content, type) => {
  expect(await sniffType(Buffer.from(content as string))).toBe(type);
});

/** Entries stored without compression, as a zip writer without compression makes them. */
function buildZip(entries: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    entries.map(([name, content]) => {
      const head = Buffer.alloc(30);
      head.writeUInt32LE(0x04034b50, 0);
      head.writeUInt16LE(20, 4);
      head.writeUInt32LE(Buffer.byteLength(content), 18);
      head.writeUInt32LE(Buffer.byteLength(content), 22);
      head.writeUInt16LE(Buffer.byteLength(name), 26);
      return Buffer.concat([head, Buffer.from(name), Buffer.from(content)]);
    }),
  );
}

test("zip-based office formats are told apart, with macros and without, also where the entry that says so lies far behind", async () => {
  const types = (type: string): string =>
    `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.${type}.main+xml"/></Types>`;
  const docx = types("openxmlformats-officedocument.wordprocessingml.document");
  const docm = types("ms-word.document.macroEnabled");
  const padding = ["word/media/image1.png", "x".repeat(TRUNCATION_LIMITS.sniffBytes * 2)] as const;
  const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  expect(await sniffType(buildZip([["[Content_Types].xml", docx]]))).toBe(DOCX);
  expect(await sniffType(buildZip([["[Content_Types].xml", docm]]))).toBe(
    "application/vnd.ms-word.document.macroenabled.12",
  );
  expect(await sniffType(buildZip([padding, ["[Content_Types].xml", docx]]))).toBe(DOCX);
  expect(await sniffType(buildZip([["readme.txt", "hello"]]))).toBe("application/zip");
});

test("crafted runs of comments end", async () => {
  expect(await sniffType(Buffer.from("<!--".repeat(50_000)))).toBe(null);
  expect(await sniffType(Buffer.from(" <!---->".repeat(50_000)))).toBe(null);
});
