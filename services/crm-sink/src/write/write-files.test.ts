import type { AttachmentInfo } from "@inlet/schemas";
import { expect, test } from "vitest";
import type { DeliveryAttempt } from "../attempt.ts";
import { buildFilename, filesToWrite } from "./write-files.ts";

const blob = { key: "k", sha256: "a", size: 1 };
const file = (change: Partial<AttachmentInfo> = {}): AttachmentInfo =>
  ({
    filename: "a.pdf",
    contentType: "application/pdf",
    sha256: "a",
    inline: false,
    blob,
    verdict: "clean",
    ...change,
  }) as AttachmentInfo;
const written = (files: "upload" | "link", ...attachments: AttachmentInfo[]): (string | null)[] => {
  const email = { event: { attachments }, tenant: { crm: { files } } } as unknown as DeliveryAttempt;
  return filesToWrite(email).map(({ sha256 }) => sha256);
};

test.each<[what: string, changes: Partial<AttachmentInfo>[], expected: string[]]>([
  ["each content once", [{}, { filename: "copy.pdf" }, { sha256: "b" }], ["a", "b"]],
  ["what no scanner looked at", [{ verdict: "unscanned" }], ["a"]],
  ["not what was found infected", [{ verdict: "infected" }], []],
  ["not what was refused, and so not stored", [{ blob: null }], []],
  ["not the pictures of the html", [{ inline: true }], []],
])("files that go into the CRM: %s", (_what, changes, expected) => {
  expect(written("upload", ...changes.map(file))).toEqual(expected);
  expect(written("link", ...changes.map(file))).toEqual([]);
});

test.each([
  ["Angebot.pdf", "application/pdf", "Angebot.pdf"],
  [null, "image/svg+xml", "attachment.svgxml"],
  [null, "odd", "attachment.bin"],
])("a file that was sent as %s is called what it was, or what is in it", (filename, contentType, expected) => {
  expect(buildFilename(file({ filename, contentType }))).toBe(expected);
});
