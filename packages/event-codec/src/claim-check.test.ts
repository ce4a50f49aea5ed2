import { describe, expect, it } from "vitest";
import { BlobStoreUnavailableError, createMemoryBlobStore } from "@inlet/blob-store";
import { INLINE_LIMIT_BYTES } from "@inlet/schemas";
import type { NormalizedEvent, RawEvent } from "@inlet/schemas";
import { isBlobRef, resolveBody, resolveHeaders, resolveText } from "./claim-check-read.ts";
import { fitNormalizedEvent, fitRawEvent } from "./claim-check.ts";
import { createCodec } from "./codec.ts";
import { RecordTooLargeError } from "./errors.ts";
import { createLocalSchemaIds } from "./local-schema-ids.ts";

const receivedAt = Date.parse("2026-11-23T10:00:00Z");
const source = { name: "raw-mime", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null };
const raw: RawEvent = {
  eventId: "evt_1",
  tenantId: "demo",
  lane: "shared",
  receivedAt,
  source,
  envelope: null,
  connection: null,
  contentType: "message/rfc822",
  body: Buffer.from("Subject: hi\r\n\r\nhi"),
};
const normalized: NormalizedEvent = {
  eventId: "evt_1",
  tenantId: "demo",
  emailKey: "eml_1",
  contentHash: "c1",
  conversationId: "cnv_1",
  lane: "shared",
  receivedAt,
  parsedAt: receivedAt + 5,
  source,
  mailbox: null,
  envelope: null,
  messageId: null,
  inReplyTo: null,
  references: [],
  from: { name: null, email: "ann@example.com" },
  contact: null,
  banner: null,
  sender: null,
  replyTo: [],
  to: [],
  cc: [],
  bcc: [],
  date: null,
  subject: null,
  text: "words",
  html: null,
  replyText: null,
  signature: null,
  attachments: [],
  auth: { spf: null, dkim: null, dmarc: null },
  spamVerdict: null,
  spamScore: null,
  classification: { kind: "human", reasons: [] },
  addressTags: [],
  headers: [{ name: "Subject", value: "hi" }],
  rawRef: null,
  warnings: [],
};
const KiB = 1024;
const codec = createCodec({ registry: createLocalSchemaIds() });

describe("fitRawEvent", () => {
  it("leaves a small body inline and stores nothing", async () => {
    const blobs = createMemoryBlobStore();
    const { event, bytes } = await fitRawEvent(codec, raw, blobs);
    expect(event).toBe(raw);
    expect(await codec.decode("RawEvent", bytes)).toEqual(raw);
    expect(blobs.keys()).toEqual([]);
  });

  it.each([INLINE_LIMIT_BYTES - 20, INLINE_LIMIT_BYTES + 1, 30_000 * KiB])(
    "moves a body of %d bytes out",
    async (size) => {
      const blobs = createMemoryBlobStore();
      const body = Buffer.alloc(size, "m");
      const { event, bytes } = await fitRawEvent(codec, { ...raw, body }, blobs);
      expect(isBlobRef(event.body)).toBe(true);
      expect(bytes.length).toBeLessThan(KiB);
      const decoded = await codec.decode("RawEvent", bytes);
      expect(decoded.body).toMatchObject({ size, key: expect.stringMatching(/^demo\/2026-11-23\//) as string });
      expect((await resolveBody(decoded.body, blobs)).equals(body)).toBe(true);
    },
  );

  it("fails as the store does while it is away", async () => {
    const blobs = createMemoryBlobStore();
    blobs.setUnavailable(true);
    const large = { ...raw, body: Buffer.alloc(INLINE_LIMIT_BYTES + 1) };
    await expect(fitRawEvent(codec, large, blobs)).rejects.toThrow(BlobStoreUnavailableError);
  });
});

describe("fitNormalizedEvent", () => {
  it("moves only the largest part when that is enough", async () => {
    const blobs = createMemoryBlobStore();
    const html = "<p>é</p>".repeat(60 * KiB);
    const { event, bytes } = await fitNormalizedEvent(
      codec,
      { ...normalized, html, text: "t".repeat(300 * KiB) },
      blobs,
    );
    expect([isBlobRef(event.html), isBlobRef(event.text), isBlobRef(event.headers)]).toEqual([true, false, false]);
    expect(bytes.length).toBeLessThanOrEqual(INLINE_LIMIT_BYTES);
    const decoded = await codec.decode("NormalizedEvent", bytes);
    expect(decoded).toEqual(event);
    expect(await resolveText(decoded.html, blobs)).toBe(html);
    expect(await resolveText(decoded.text, blobs)).toHaveLength(300 * KiB);
  });

  it("moves everything that can move when it must", async () => {
    const blobs = createMemoryBlobStore();
    const big = "x".repeat(INLINE_LIMIT_BYTES);
    const headers = [{ name: "X-Large", value: big }];
    const large = { ...normalized, text: `t${big}`, html: `h${big}`, replyText: `r${big}`, headers };
    const { event, bytes } = await fitNormalizedEvent(codec, large, blobs);
    expect(blobs.keys()).toHaveLength(4);
    expect(bytes.length).toBeLessThan(4 * KiB);
    expect(await resolveHeaders(event.headers, blobs)).toEqual(headers);
    expect(await resolveText(event.replyText, blobs)).toBe(large.replyText);
  });

  it("sends what is over the inline limit but not over the topic's when nothing more can move", async () => {
    const references = Array.from({ length: 9000 }, (_, index) => `${index}${"r".repeat(88)}@example.com`);
    const { bytes } = await fitNormalizedEvent(codec, { ...normalized, references }, createMemoryBlobStore());
    expect(bytes.length).toBeGreaterThan(INLINE_LIMIT_BYTES);
  });

  it("refuses what can fit in no way, naming what to limit", async () => {
    const references = Array.from({ length: 20_000 }, (_, index) => `${index}${"r".repeat(88)}@example.com`);
    const fit = fitNormalizedEvent(codec, { ...normalized, references }, createMemoryBlobStore());
    await expect(fit).rejects.toThrow(RecordTooLargeError);
    await expect(fit).rejects.toThrow("limit its lists");
  });
});
