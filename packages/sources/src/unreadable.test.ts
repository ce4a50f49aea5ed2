import { expect, test } from "vitest";
import { encodeCloudmailin } from "./cloudmailin/encode.ts";
import { encodeMailgun } from "./mailgun/encode.ts";
import type { EncodedRequest } from "./kind.ts";
import type { Posting } from "./posting.ts";
import { encodePostmark } from "./postmark/encode.ts";
import { getSourceKind } from "./registry.ts";
import { encodeSendgrid } from "./sendgrid/encode.ts";
import { encodeSes } from "./ses/encode.ts";
import { POSTING } from "../testing/postings.ts";
import { CREDENTIAL, verificationContext, SIGNING_KEY, SNS, buildSource, TOPIC } from "../testing/sources.ts";

type Encode = (posting: Posting) => EncodedRequest | Promise<EncodedRequest>;

const SENDERS: readonly [sender: string, kind: string, encode: Encode][] = [
  ["postmark", "postmark", (mail) => encodePostmark(mail, { credential: CREDENTIAL })],
  ["postmark with RawEmail", "postmark", (mail) => encodePostmark(mail, { credential: CREDENTIAL, rawEmail: true })],
  ["mailgun, parsed", "mailgun", (mail) => encodeMailgun(mail, { signingKey: SIGNING_KEY, mime: false })],
  ["mailgun, mime", "mailgun", (mail) => encodeMailgun(mail, { signingKey: SIGNING_KEY, mime: true })],
  ["sendgrid, parsed", "sendgrid", (mail) => encodeSendgrid(mail, { basic: CREDENTIAL, privateKey: null, raw: false })],
  ["sendgrid, raw", "sendgrid", (mail) => encodeSendgrid(mail, { basic: CREDENTIAL, privateKey: null, raw: true })],
  ["ses", "ses", (mail) => encodeSes(mail, { topicArn: TOPIC, privateKey: SNS.privateKey })],
  ["cloudmailin, JSON", "cloudmailin", (mail) => encodeCloudmailin(mail, { credential: CREDENTIAL, format: "json" })],
  [
    "cloudmailin, multipart",
    "cloudmailin",
    (mail) => encodeCloudmailin(mail, { credential: CREDENTIAL, format: "multipart" }),
  ],
  ["cloudmailin, raw", "cloudmailin", (mail) => encodeCloudmailin(mail, { credential: CREDENTIAL, format: "raw" })],
];

/** Seeded, so that a failure can be run again. */
function generator(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * most);
  };
}

/** Values that a JSON or form field may have by another's hand. */
const ODD = ["null", "[]", "{}", "-1", "1e999", "true", '"\\ud800"', '"__proto__"', "[[[[[]]]]]", '"\\u0000"'];

/** A trusted post that somebody's hand, or a bug of the provider, changed. */
function mutated(body: Buffer, pick: (most: number) => number): Buffer {
  const copy = Buffer.from(body);
  switch (pick(4)) {
    case 0:
      for (let flips = 0; flips <= pick(8); flips += 1) copy[pick(copy.length)] = pick(256);
      return copy;
    case 1:
      return copy.subarray(0, pick(copy.length));
    case 2:
      return Buffer.concat([copy.subarray(pick(copy.length)), copy.subarray(0, pick(copy.length))]);
    default: {
      // Another type where a string is expected.
      const strings = [...copy.toString("latin1").matchAll(/"(?:[^"\\]|\\.){0,200}"/g)];
      const at = strings[pick(strings.length)];
      if (at === undefined) return copy;
      const end = at.index + at[0].length;
      return Buffer.concat([copy.subarray(0, at.index), Buffer.from(ODD[pick(ODD.length)] ?? ""), copy.subarray(end)]);
    }
  }
}

test.each(SENDERS)(
  "%s: 200 mutations of a trusted post: each is named, and is an email or a fault with its reason",
  async (sender, kind, encode) => {
    const { headers, body } = await encode(POSTING);
    const source = buildSource(kind === "sendgrid" ? "sendgrid-basic" : kind);
    const contentType = headers["content-type"] ?? "";
    const pick = generator(sender.length * 7919);
    const seen = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      const post = mutated(body, pick);
      // Verified or not, it is decided: a rejection would be a 500.
      await getSourceKind(kind).verification?.verify({ headers, body: post }, source, verificationContext());
      const extracted = await getSourceKind(kind).parse(post, contentType);
      seen.add(extracted.kind);
      if (extracted.kind === "fault") expect(extracted.fault.message).not.toBe("");
    }
    expect(seen).toContain("email");
  },
);
