import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parseMime } from "./parse-mime.ts";
import { parseSignedJson } from "./parse-signed-json.ts";
import { signedJsonSchema } from "./signed-json.ts";

const published = JSON.parse(
  readFileSync(new URL("../../../docs/reference/signed-json.schema.json", import.meta.url), "utf8"),
) as Record<string, unknown>;
const accepts = new Ajv2020({ strict: false }).compile(published);
const bytes = (json: unknown): Buffer => Buffer.from(JSON.stringify(json), "utf8");
const pdf = Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64");

const GOOD: Record<string, unknown> = {
  "strings and a header value": { from: "Ada <ada@example.com>", to: "sales@inlet.example, Bo <bo@example.org>" },
  "address objects": { from: { name: 'Doe, "JD"', email: "jd@example.com" }, to: [{ email: "sales@inlet.example" }] },
  "only a subject": { subject: "Hi" },
  "headers as object, repeated": { from: "a@example.com", headers: { "X-Tag": ["1", "2"], "List-Id": "<l.example>" } },
  "headers as list": { headers: [{ name: "From", value: "=?utf-8?Q?Zo=C3=AB?= <zoe@example.com>", extra: true }] },
  "nulls and unknown fields": { from: "a@example.com", cc: null, attachments: null, spamScore: 3, nested: { a: [1] } },
  "attachments by content and by url": {
    from: "a@example.com",
    attachments: [
      { filename: "a.pdf", content: pdf },
      { filename: "b.pdf", downloadUrl: "https://files.example.com/b", size: 9 },
    ],
  },
  "raw counts": { raw: Buffer.from("From: a@example.com\r\n\r\nHi\r\n").toString("base64"), subject: "not this" },
  "times as numbers": { from: "a@example.com", date: 1_772_443_800_000, receivedAt: 1_772_443_801_000 },
};
const BAD: Record<string, { json: unknown; names: string }> = {
  "nothing in it": { json: { eventId: "e-1" }, names: "body" },
  "a list": { json: [], names: "body" },
  "from is a number": { json: { from: 5 }, names: "from" },
  "address without email": { json: { from: { name: "Ada" } }, names: "from.email" },
  "raw is not base64": { json: { raw: "From: x" }, names: "raw" },
  "attachment without content": {
    json: { from: "a@example.com", attachments: [{ filename: "x" }] },
    names: "attachments.0",
  },
  "attachment over http": {
    json: { from: "a@example.com", attachments: [{ downloadUrl: "http://files.example.com/x" }] },
    names: "attachments.0.downloadUrl",
  },
  "header without name": { json: { headers: [{ name: "", value: "x" }] }, names: "headers.0.name" },
  "empty eventId": { json: { eventId: "", from: "a@example.com" }, names: "eventId" },
};

describe("the published schema and the parser agree (IN3, IN4)", () => {
  test("the published file is the parser's own schema", () => {
    expect(published, "stale: run `npm run reference -w packages/email`").toEqual(signedJsonSchema());
    expect(published["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
  });
  test.each(Object.entries(GOOD))("good: %s", async (_name, json) => {
    expect(accepts(json) || accepts.errors).toBe(true);
    expect(await parseSignedJson(bytes(json))).toMatchObject({ ok: true });
  });
  test.each(Object.entries(BAD))("bad: %s", async (_name, { json, names }) => {
    expect(accepts(json)).toBe(false);
    const result = await parseSignedJson(bytes(json));
    expect(result).toMatchObject({ ok: false, fault: { code: "unreadable_json" } });
    expect(result.ok ? "" : result.fault.message).toMatch(new RegExp(`^${names.replaceAll(".", "\\.")}: `));
  });
  test("the schema's own examples are emails", async () => {
    for (const json of published["examples"] as unknown[]) {
      expect(accepts(json)).toBe(true);
      expect(await parseSignedJson(bytes(json))).toMatchObject({
        ok: true,
        email: { from: { email: "ada@example.com" } },
      });
    }
  });
});

test("fields, envelope, sender's ids and attachments arrive under the names of the normalized email", async () => {
  const result = await parseSignedJson(
    bytes({
      eventId: "evt-9",
      receivedAt: "2026-03-02T09:30:05Z",
      envelope: { from: "<>", to: ["<sales@inlet.example>", "nonsense"] },
      from: { name: 'Doe, "JD"', email: "jd@example.com" },
      replyTo: "office@example.com",
      to: ["sales@inlet.example", { name: "Bo", email: "bo@example.org" }],
      messageId: "m-1.sample@x.example",
      inReplyTo: "<m-0.sample@x.example>",
      references: ["m-0.sample@x.example"],
      date: "Mon, 02 Mar 2026 09:30:00 +0000",
      html: '<p onclick="x()">Hi <img src="cid:logo"></p>',
      attachments: [{ filename: "../a.pdf", contentType: "application/pdf", contentId: "<logo>", content: pdf }],
    }),
  );
  expect(result).toMatchObject({
    ok: true,
    source: { eventId: "evt-9", receivedAt: Date.UTC(2026, 2, 2, 9, 30, 5) },
    email: {
      envelope: { from: null, to: ["sales@inlet.example"] },
      from: { name: 'Doe, "JD"', email: "jd@example.com" },
      replyTo: [{ name: null, email: "office@example.com" }],
      to: [
        { name: null, email: "sales@inlet.example" },
        { name: "Bo", email: "bo@example.org" },
      ],
      messageId: "m-1.sample@x.example",
      inReplyTo: "m-0.sample@x.example",
      references: ["m-0.sample@x.example"],
      date: Date.UTC(2026, 2, 2, 9, 30),
      html: '<p>Hi <img src="cid:logo" /></p>',
      text: "Hi",
      attachments: [{ filename: "a.pdf", sniffedType: "application/pdf", contentId: "logo", inline: true, size: 15 }],
    },
  });
});

test("raw gives the same email as raw MIME, and its faults name it", async () => {
  const mime = Buffer.from("From: a@example.com\r\nMessage-ID: <r.sample@a.example>\r\nSubject: Hi\r\n\r\nHello\r\n");
  const [direct, wrapped] = await Promise.all([
    parseMime(mime),
    parseSignedJson(bytes({ raw: mime.toString("base64"), from: "other@example.com" })),
  ]);
  expect(direct.ok && wrapped.ok && wrapped.email).toEqual(direct.ok && direct.email);
  const unreadable = await parseSignedJson(bytes({ raw: Buffer.from("no header").toString("base64") }));
  expect(unreadable).toMatchObject({ ok: false, fault: { code: "unreadable_mime" } });
  expect(unreadable.ok ? "" : unreadable.fault.message).toMatch(/^raw: /);
});

test("bytes that are no JSON in UTF-8 are unreadable_json", async () => {
  for (const body of [Buffer.from("{"), Buffer.from([0xff, 0xfe]), Buffer.alloc(0)]) {
    expect(await parseSignedJson(body)).toMatchObject({ ok: false, fault: { code: "unreadable_json" } });
  }
});
