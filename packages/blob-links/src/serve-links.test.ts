import { createMemoryBlobStore } from "@inlet/blob-store";
import type { MemoryBlobStore } from "@inlet/blob-store";
import { fastify } from "fastify";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readLink, signLink } from "./link-token.ts";
import type { LinkedBlob } from "./link-token.ts";
import { linkUrl, serveLinks } from "./serve-links.ts";

const NOW = Date.UTC(2026, 10, 24);
const [NEW_KEY, OLD_KEY, OTHER_KEY] = ["new", "old", "other"].map(
  (name) => `${name}-key-0123456789-0123456789-0123`,
) as [string, string, string];

let blobs: MemoryBlobStore;
let app: FastifyInstance;
let now: number;
let linked: LinkedBlob;

beforeEach(async () => {
  now = NOW;
  blobs = createMemoryBlobStore();
  app = fastify();
  serveLinks(app, { blobs, keys: [NEW_KEY, OLD_KEY], now: () => now });
  const blob = await blobs.put("demo", NOW, Buffer.from("0123456789"));
  linked = { blob, filename: "Müller „Angebot“.pdf", contentType: "application/pdf" };
});
afterEach(async () => app.close());

async function get(
  headers: Record<string, string> = {},
  {
    keys = [NEW_KEY],
    method = "GET",
    ...change
  }: Partial<LinkedBlob> & { keys?: string[]; method?: "GET" | "HEAD" } = {},
): Promise<LightMyRequestResponse> {
  const url = linkUrl("", signLink(keys, { ...linked, ...change }, NOW + 60_000));
  return app.inject({ method, url, headers });
}

test("serves the file as a download that nothing can run in", async () => {
  const answer = await get();
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toBe("0123456789");
  expect(answer.headers).toMatchObject({
    "content-type": "application/pdf",
    "content-length": "10",
    "content-disposition": expect.stringMatching(/^attachment; filename=.*; filename\*=UTF-8''M%C3%BCller/),
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringContaining("sandbox"),
    "cache-control": "private, max-age=60",
    "accept-ranges": "bytes",
    etag: `"${linked.blob.sha256}"`,
  });
});

test("HEAD tells the same without the content", async () => {
  const answer = await get({}, { method: "HEAD" });
  expect([answer.statusCode, answer.headers["content-length"], answer.body]).toEqual([200, "10", ""]);
});

test.each(["text/html", "image/svg+xml", "application/xhtml+xml", "text/html\r\nX: y", "multipart/x-mixed-replace"])(
  "%s goes out as bytes",
  async (contentType) => {
    expect((await get({}, { contentType })).headers["content-type"]).toBe("application/octet-stream");
  },
);

test.each<[string, number, string, string | undefined]>([
  ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=-2", 206, "89", "bytes 8-9/10"],
  ["bytes=5-500", 206, "56789", "bytes 5-9/10"],
  ["bytes=0-1,5-6", 200, "0123456789", undefined],
  ["bytes=5-2", 200, "0123456789", undefined],
  ["lines=0-1", 200, "0123456789", undefined],
  ["nonsense", 200, "0123456789", undefined],
])("range %s", async (range, status, body, contentRange) => {
  const answer = await get({ range });
  expect([answer.statusCode, answer.body, answer.headers["content-range"]]).toEqual([status, body, contentRange]);
});

test("a range beyond the end, and ranges of what has changed or is known", async () => {
  const beyond = await get({ range: "bytes=10-" });
  expect([beyond.statusCode, beyond.headers["content-range"]]).toEqual([416, "bytes */10"]);
  expect((await get({ range: "bytes=0-1", "if-range": '"other"' })).statusCode).toBe(200);
  expect((await get({ range: "bytes=0-1", "if-range": `"${linked.blob.sha256}"` })).statusCode).toBe(206);
  expect((await get({ "if-none-match": `"a", W/"${linked.blob.sha256}"` })).statusCode).toBe(304);
});

test("an empty file is served whole, whatever range is asked for", async () => {
  const blob = await blobs.put("demo", NOW, Buffer.alloc(0));
  const answer = await get({ range: "bytes=0-" }, { blob });
  expect([answer.statusCode, answer.body]).toEqual([200, ""]);
});

test("what is gone, and a store that is away", async () => {
  blobs.setUnavailable(true);
  expect((await get()).statusCode).toBe(503);
  blobs.setUnavailable(false);
  blobs.tamper(linked.blob.key, null);
  const gone = await get();
  expect(gone.statusCode).toBe(404);
  expect(gone.headers["content-disposition"]).toBeUndefined();
  expect(gone.headers["cache-control"]).toBe("no-store");
});

describe("the token", () => {
  test("expires", async () => {
    now = NOW + 59_999;
    expect((await get()).statusCode).toBe(200);
    now = NOW + 60_000;
    expect((await get()).statusCode).toBe(410);
  });

  test("of any key in force is taken, of another not: keys rotate without a broken link", async () => {
    expect((await get({}, { keys: [OLD_KEY] })).statusCode).toBe(200);
    expect((await get({}, { keys: [OTHER_KEY] })).statusCode).toBe(404);
  });

  test("cannot be changed, cut, joined or made up", () => {
    const token = signLink([NEW_KEY], linked, NOW + 60_000);
    const [body = "", mac = ""] = token.split(".");
    const forged = Buffer.from(Buffer.from(body, "base64url").toString().replace("demo/", "acme/")).toString(
      "base64url",
    );
    for (const wrong of [
      `${forged}.${mac}`,
      `${body}.${mac.slice(0, -4)}`,
      `${body}.`,
      body,
      `.${mac}`,
      "",
      ".",
      `${token}.x`,
      `${body}.${Buffer.from(mac, "base64url").toString("hex")}`,
      "x".repeat(100_000),
    ]) {
      expect(readLink([NEW_KEY], wrong, NOW)).toEqual({ kind: "invalid" });
    }
    expect(readLink([NEW_KEY], token, NOW)).toEqual({ kind: "ok", linked, expiresAt: NOW + 60_000 });
    expect(() => signLink([], linked, NOW)).toThrow("URL_SIGNING_KEYS");
  });

  test("of a name of 200 characters still fits", async () => {
    expect((await get({}, { filename: "ü".repeat(200) })).statusCode).toBe(200);
  });
});
