import { expect, test } from "vitest";
import { getExtension, findRefusal } from "./attachment-policy.ts";
import type { AttachmentFacts, AttachmentRules, Refusal } from "./attachment-policy.ts";

const RULES: AttachmentRules = {
  maxBytes: 1_000,
  maxTotalBytes: 2_500,
  allowedTypes: null,
  refusedTypes: ["application/x-msdownload", "video/*"],
  refusedExtensions: ["exe", "js"],
  archives: "allow",
};
const PDF: AttachmentFacts = {
  filename: "invoice.pdf",
  contentType: "application/pdf",
  sniffedType: "application/pdf",
  size: 1_000,
};

function refused(file: Partial<AttachmentFacts>, rules: Partial<AttachmentRules> = {}, used = 0): Refusal | null {
  return findRefusal({ ...PDF, ...file }, { ...RULES, ...rules }, used);
}

test("sizes, at the limit and past it", () => {
  expect(refused({})).toBe(null);
  expect(refused({ size: 1_001 })).toBe("too_large");
  expect(refused({}, {}, 1_500)).toBe(null);
  expect(refused({}, {}, 1_501)).toBe("total_too_large");
});

test("the last extension counts, however the name hides it", () => {
  const named = ["invoice.pdf.exe", "INVOICE.EXE", "invoice.exe.", "invoice.exe . ", ".exe", "a.pdf.js"];
  expect(named.map((filename) => refused({ filename }))).toEqual(named.map(() => "extension"));
  expect(refused({ filename: "invoice.exe.pdf" })).toBe(null);
  expect([getExtension("exe"), getExtension("a."), getExtension(null), getExtension("a.tar.GZ")]).toEqual([
    null,
    null,
    null,
    "gz",
  ]);
});

test("types, as declared and as the bytes tell", () => {
  expect(refused({ sniffedType: "application/x-msdownload" })).toBe("type");
  expect(refused({ contentType: "video/mp4", sniffedType: null })).toBe("type");
  expect(refused({ contentType: "videotext/x", sniffedType: null })).toBe(null);
});

test.each<[string, Partial<AttachmentFacts>, Refusal | null]>([
  ["a page called pdf", { sniffedType: "text/html", contentType: "text/html" }, "disguised"],
  ["a page declared an image", { filename: "a.html", contentType: "image/png", sniffedType: "text/html" }, "disguised"],
  [
    "a page declared an image, without a name",
    { filename: null, contentType: "image/png", sniffedType: "text/html" },
    "disguised",
  ],
  ["a drawing called png", { filename: "a.png", contentType: "image/png", sniffedType: "image/svg+xml" }, "disguised"],
  ["a script called pdf", { sniffedType: "text/x-shellscript" }, "disguised"],
  ["a page that says so", { filename: "a.htm", contentType: "text/html", sniffedType: "text/html" }, null],
  [
    "a page as any bytes",
    { filename: "a.html", contentType: "application/octet-stream", sniffedType: "text/html" },
    null,
  ],
  ["a page as text", { filename: "a.txt", contentType: "text/plain", sniffedType: "text/html" }, null],
  ["a drawing that says so", { filename: "a.svg", contentType: "image/svg+xml", sniffedType: "image/svg+xml" }, null],
  ["a jpeg called png", { filename: "a.png", contentType: "image/png", sniffedType: "image/jpeg" }, null],
])("%s", (_name, file, expected) => {
  expect(refused(file)).toBe(expected);
});

test("archives by policy, office files are none", () => {
  const zip = { filename: "a.zip", contentType: "application/zip", sniffedType: "application/zip" };
  expect(refused(zip)).toBe(null);
  expect(refused(zip, { archives: "refuse" })).toBe("archive");
  expect(refused({ filename: "a.pdf", sniffedType: "application/zip" }, { archives: "refuse" })).toBe("archive");
  expect(refused({ filename: "a.7z", contentType: "application/x", sniffedType: null }, { archives: "refuse" })).toBe(
    "archive",
  );
  const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  expect(refused({ filename: "a.docx", contentType: docx, sniffedType: docx }, { archives: "refuse" })).toBe(null);
});

test("where types are listed, only those: by content where it tells", () => {
  const only = { allowedTypes: ["application/pdf", "image/*", "text/plain"] };
  expect(refused({}, only)).toBe(null);
  expect(refused({ contentType: "application/octet-stream" }, only)).toBe(null);
  expect(refused({ sniffedType: "application/zip" }, only)).toBe("not_allowed");
  expect(refused({ filename: "a.txt", contentType: "text/plain", sniffedType: null }, only)).toBe(null);
  expect(refused({ filename: "a.bin", contentType: "application/octet-stream", sniffedType: null }, only)).toBe(
    "not_allowed",
  );
});
