import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { JSON_LIMITS, keepsJsonLimits, parseBoundedJson } from "./bounded-json.ts";
import { readForm } from "./form.ts";
import { MOST_PARTS, findFields } from "./form-scan.ts";
import type { VerificationContext } from "./kind.ts";
import { getSourceKind } from "./registry.ts";
import { toSource } from "../testing/sources.ts";
import { writeForm } from "./write-form.ts";

const NOW = Date.UTC(2026, 0, 1);
const MULTIPART = "multipart/form-data; boundary=BND";
const URLENCODED = "application/x-www-form-urlencoded";
const part = (name: string, value = "x"): string =>
  `--BND\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const MiB = 1024 * 1024;

/** Bodies that no one has proved to be his. */
const FORMS: [what: string, contentType: string, make: () => Buffer][] = [
  ["delimiters alone", MULTIPART, () => Buffer.from("--BND\r\n".repeat(300_000))],
  ["50,000 ordinary parts", MULTIPART, () => Buffer.from(part("a").repeat(50_000))],
  [
    "parts of one byte at the limit, then 8 MiB",
    MULTIPART,
    () => Buffer.concat([Buffer.from(part("a").repeat(MOST_PARTS)), Buffer.alloc(8 * MiB)]),
  ],
  [
    "a header that never ends",
    MULTIPART,
    () => Buffer.concat([Buffer.from("--BND\r\n"), Buffer.alloc(8 * MiB, "a: b\r\n")]),
  ],
  [
    "near misses of the delimiter",
    MULTIPART,
    () => Buffer.concat([Buffer.from(part("a")), Buffer.alloc(8 * MiB, "\r\n--BN")]),
  ],
  ["line ends alone", MULTIPART, () => Buffer.alloc(8 * MiB, "\r\n")],
  ["nothing but a preamble", MULTIPART, () => Buffer.alloc(8 * MiB, "--BND")],
  ["an end, and garbage", MULTIPART, () => Buffer.concat([Buffer.from("--BND--\r\n"), Buffer.alloc(8 * MiB, "--BND")])],
  ["no boundary", "multipart/form-data", () => Buffer.from(part("token"))],
  ["an empty boundary", 'multipart/form-data; boundary=""', () => Buffer.from(part("token"))],
  ["an endless boundary", `multipart/form-data; boundary=${"-".repeat(10_000)}`, () => Buffer.alloc(MiB, "-")],
  ["a proof without its parts' ends", MULTIPART, () => Buffer.from(part("token").trimEnd())],
  ["a field of 8 MiB named token", MULTIPART, () => Buffer.from(part("token", "x".repeat(8 * MiB)))],
  ["300,000 urlencoded fields", URLENCODED, () => Buffer.from("a=b&".repeat(300_000))],
  ["8 MiB of escapes", URLENCODED, () => Buffer.alloc(8 * MiB, "%41")],
  ["near misses of a field", URLENCODED, () => Buffer.alloc(8 * MiB, "&toke")],
  [
    "a proof of another's",
    URLENCODED,
    () => Buffer.from(`timestamp=${NOW / 1000}&token=t&signature=${"0".repeat(64)}`),
  ],
  ["nothing", MULTIPART, () => Buffer.alloc(0)],
];

const context: VerificationContext = {
  now: NOW,
  bindToken: () => true,
  certificate: async () => Promise.reject(new Error("nothing is fetched for a stranger")),
};

const ENV = { KEY: "mg-signing-key", PAIR: "user:open-sesame-password-01" };
const readSource = (written: object) => toSource(written, ENV);

describe("D1: an unknown sender's form", () => {
  const source = readSource({ kind: "mailgun", secrets: ["env:KEY"] });

  test.each(FORMS)("of %s is refused, and no form is read for it", async (_what, contentType, make) => {
    const body = make();
    const opened = await getSourceKind("mailgun").verification?.verify(
      { headers: { "content-type": contentType }, body },
      source,
      context,
    );
    expect(opened?.kind).toBe("unverified");
  });

  test("is read once its proof holds, wherever the three fields stand in it", async () => {
    const timestamp = String(NOW / 1000);
    const signature = createHmac("sha256", "mg-signing-key").update(`${timestamp}tok`).digest("hex");
    const proof = [
      { name: "timestamp", value: timestamp },
      { name: "token", value: "tok" },
      { name: "signature", value: signature },
    ];
    const mail = {
      name: "body-mime",
      value: Buffer.concat([Buffer.from("Message-ID: <m@x>\r\n\r\n"), Buffer.alloc(12 * MiB, "\r\n--x")]),
    };
    for (const fields of [
      [...proof, mail],
      [mail, ...proof],
      [proof[0], mail, proof[1], proof[2]],
    ]) {
      const { headers, body } = writeForm(fields.flatMap((field) => (field === undefined ? [] : [field])));
      expect(await getSourceKind("mailgun").verification?.verify({ headers, body }, source, context)).toMatchObject({
        kind: "delivery",
      });
    }
  });

  test("with a proof that the form itself reads otherwise is refused", async () => {
    const timestamp = String(NOW / 1000);
    const signature = createHmac("sha256", "mg-signing-key").update(`${timestamp}tok`).digest("hex");
    const body = Buffer.from(`timestamp=${timestamp}&token=tok&signature=${signature}&%74oken=other`);
    const opened = await getSourceKind("mailgun").verification?.verify(
      { headers: { "content-type": URLENCODED }, body },
      source,
      context,
    );
    expect(opened).toEqual({ kind: "unverified", why: "malformed" });
  });
});

describe("D1: any form", () => {
  test.each(FORMS.slice(0, 3))("of %s is no form, and parsing is not begun", async (_what, contentType, make) => {
    const body = make();
    expect(await readForm(body, contentType)).toBeNull();
  });

  test("may have the most parts, not one more", async () => {
    const form = (parts: number): Buffer => Buffer.from(`${part("a").repeat(parts)}--BND--\r\n`);
    expect((await readForm(form(MOST_PARTS), MULTIPART))?.parts).toHaveLength(MOST_PARTS);
    expect(await readForm(form(MOST_PARTS + 1), MULTIPART)).toBeNull();
    expect(findFields(form(MOST_PARTS + 1), MULTIPART, ["a"])).toBeNull();
  });
});

describe("D1: JSON", () => {
  const BOMBS: [what: string, make: () => Buffer][] = [
    ["20 MB of [", () => Buffer.alloc(20_000_000, "[")],
    ["30 MB of {},", () => Buffer.concat([Buffer.from("["), Buffer.alloc(30_000_000, "{},")])],
    ["members without end", () => Buffer.from(`{${'"a":1,'.repeat(JSON_LIMITS.tokens + 1)}"b":1}`)],
    ["nesting in members", () => Buffer.from('{"a":'.repeat(JSON_LIMITS.depth + 1))],
  ];

  test.each(BOMBS)("of %s passes a limit, and is no value", (_what, make) => {
    const body = make();
    expect(keepsJsonLimits(body)).toBe(false);
    expect(parseBoundedJson(body)).toBeUndefined();
  });

  test.each(BOMBS)("of %s opens neither SES nor a source that trusts its headers", async (_what, make) => {
    const body = make();
    const ses = readSource({ kind: "ses", topicArns: ["arn:aws:sns:eu-central-1:123456789012:inbound"] });
    expect(await getSourceKind("ses").verification?.verify({ headers: {}, body }, ses, context)).toEqual({
      kind: "unverified",
      why: "malformed",
    });
    const postmark = readSource({ kind: "postmark", secrets: ["env:PAIR"] });
    expect(
      await getSourceKind("postmark").verification?.verify({ headers: {}, body }, postmark, context),
    ).toMatchObject({ kind: "delivery" });
  });

  test("marks inside of strings do not count", () => {
    const text = JSON.stringify({ text: `${"[{,".repeat(JSON_LIMITS.tokens)}\\"[[`, list: [1, { a: '"' }] });
    expect(parseBoundedJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});

test("D4: Mailgun's event webhooks of both kinds are another event than received email", async () => {
  const source = readSource({ kind: "mailgun", secrets: ["env:KEY"] });
  const timestamp = String(NOW / 1000);
  const signature = createHmac("sha256", "mg-signing-key").update(`${timestamp}tok`).digest("hex");
  const open = async (fields: Record<string, string>) =>
    getSourceKind("mailgun").verification?.verify(
      {
        headers: { "content-type": URLENCODED },
        body: Buffer.from(new URLSearchParams({ ...fields, timestamp, token: "tok", signature }).toString()),
      },
      source,
      context,
    );
  const legacy = { event: "delivered", recipient: "a@x.example", domain: "x.example", "Message-Id": "<m@x.example>" };
  expect(await open(legacy)).toMatchObject({ kind: "not_email" });
  expect(await open({ "event-data": "{}" })).toMatchObject({ kind: "not_email" });
  // A field of a sender's own that happens to be called so.
  expect(await open({ event: "fair 2026", "body-plain": "Hi", recipient: "a@x.example" })).toMatchObject({
    kind: "delivery",
  });
});

test("D4: SendGrid's content-ids name the inline files where attachment-info does not", async () => {
  const { headers, body } = writeForm([
    { name: "headers", value: "From: ann@client.example\r\nMessage-ID: <m@client.example>\r\n" },
    { name: "html", value: '<img src="cid:logo"><img src="cid:logo2">' },
    { name: "attachment-info", value: JSON.stringify({ attachment1: { filename: "logo.png", type: "image/png" } }) },
    { name: "content-ids", value: '{"logo":"attachment1","logo2":"attachment2"}' },
    { name: "attachment1", filename: "logo.png", contentType: "image/png", value: Buffer.from("png") },
    { name: "attachment2", filename: "logo2.png", contentType: "image/png", value: Buffer.from("png") },
  ]);
  const found = await getSourceKind("sendgrid").parse(body, headers["content-type"] ?? "");
  expect(found.kind === "email" ? found.email.attachments.map(({ contentId }) => contentId) : found).toEqual([
    "logo",
    "logo2",
  ]);
});
