import { readLink } from "@inlet/blob-links";
import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import { describeOffline } from "@inlet/email";
import { expect, test } from "vitest";
import { attachmentLines, linkedAttachments } from "./attachment-links.ts";

const KEY = "key-0123456789-0123456789-0123456789";
const NOW = Date.UTC(2026, 10, 24);

test("a link to each stored attachment, none to one that was refused; the record is read where the ledger says", async () => {
  const mail = [
    "From: a@b.example",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-",
    "--b\r\nContent-Type: text/plain; name=b.exe\r\nContent-Disposition: attachment\r\n\r\nMZ",
    "--b--",
  ].join("\r\n");
  const event = await describeOffline(Buffer.from(mail), { file: "a.eml", now: NOW });
  if ("error" in event) throw new Error(event.error.message);
  const [pdf, exe] = event.attachments as [(typeof event.attachments)[number], (typeof event.attachments)[number]];
  const blob = { key: `demo/2026-11-24/${pdf.sha256}`, size: pdf.size, sha256: pdf.sha256 };
  const attachments = [
    { ...pdf, blob, verdict: "clean" },
    { ...exe, blob: null, verdict: "refused" },
  ];
  const codec = createCodec({ registry: createLocalSchemaIds() });
  const value = await codec.encode("NormalizedEvent", { ...event, attachments });
  const asked: unknown[] = [];
  const making = {
    admin: {
      readRecord: async (at: object) => {
        asked.push(at);
        return { topic: "normalized-events", partition: 3, offset: 7n, key: null, value, headers: [], timestamp: NOW };
      },
    },
    codec,
    publicUrl: "https://inlet.example",
    urlSigningKeys: [KEY],
    now: NOW,
  };
  const linked = await linkedAttachments(
    { normalized: { topic: "normalized-events", partition: 3, offset: 7 } },
    making,
  );
  expect(asked).toEqual([{ topic: "normalized-events", partition: 3, offset: 7n }]);
  expect(linked.map(({ filename, verdict }) => [filename, verdict])).toEqual([
    ["a.pdf", "clean"],
    ["b.exe", "refused"],
  ]);
  const [, token = ""] = linked[0]?.downloadUrl?.split("https://inlet.example/d/") ?? [];
  expect(readLink([KEY], token, NOW + 899_000)).toMatchObject({ kind: "ok", linked: { blob, filename: "a.pdf" } });
  expect(readLink([KEY], token, NOW + 900_000)).toEqual({ kind: "expired" });
  expect(linked[1]?.downloadUrl).toBeNull();
  expect(attachmentLines(linked)).toEqual([
    "",
    "  attachments",
    expect.stringMatching(/^ {4}a\.pdf {2}application\/pdf, \d+ bytes, clean$/),
    `      ${linked[0]?.downloadUrl}`,
    expect.stringMatching(/^ {4}b\.exe {2}text\/plain, \d+ bytes, refused$/),
  ]);
  expect(await linkedAttachments({ normalized: null }, making)).toEqual([]);
});
