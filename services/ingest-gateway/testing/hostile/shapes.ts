import { gzipSync } from "node:zlib";
import { TOPIC } from "./tenants.ts";

/** Requests of somebody who has no secret: headers that look right, so that the body is read, and what may stand in it. */

export interface Shape {
  readonly name: string;
  /** Bytes of the whole request, or of several that come on one connection. */
  readonly pieces: () => Iterable<Buffer>;
  /** What may be answered; 0 for a connection that ends without an answer. */
  readonly answers: readonly number[];
}

const now = (): number => Math.floor(Date.now() / 1000);
const headerPair = (): string => `x-webhook-timestamp: ${now()}\r\nx-webhook-signature: ${"0".repeat(64)}\r\n`;
const JSON_TYPE = "application/json";
const [MULTIPART, URLENCODED] = ["multipart/form-data; boundary=BNDX", "application/x-www-form-urlencoded"];
const basic = (): string => `authorization: Basic ${Buffer.from("provider:guessed").toString("base64")}\r\n`;

/** Every address that takes a post: the media types that it takes, and headers which look as its senders' do. */
export const ENDPOINTS: readonly { path: string; mediaTypes: readonly string[]; headers: () => string }[] = [
  { path: "/v1/inbound/attacked/json", mediaTypes: [JSON_TYPE], headers: headerPair },
  {
    path: "/v1/inbound/attacked/webhooks",
    mediaTypes: [JSON_TYPE],
    headers: () =>
      `webhook-id: m1\r\nwebhook-timestamp: ${now()}\r\nwebhook-signature: v1,${"A".repeat(43)}= v1a,${"A".repeat(86)}==\r\n`,
  },
  { path: "/v1/inbound/attacked/mime", mediaTypes: ["message/rfc822"], headers: headerPair },
  { path: "/v1/inbound/attacked/mailgun", mediaTypes: [MULTIPART, URLENCODED], headers: () => "" },
  {
    path: "/v1/inbound/attacked/sendgrid",
    mediaTypes: [MULTIPART],
    headers: () =>
      `x-twilio-email-event-webhook-timestamp: ${now()}\r\nx-twilio-email-event-webhook-signature: ${"A".repeat(94)}==\r\n`,
  },
  { path: "/v1/inbound/attacked/ses", mediaTypes: ["text/plain; charset=UTF-8"], headers: () => "" },
  { path: "/v1/inbound/attacked/postmark", mediaTypes: [JSON_TYPE], headers: basic },
  { path: "/v1/inbound/attacked/cloudmailin", mediaTypes: [JSON_TYPE, MULTIPART], headers: basic },
  { path: "/v1/outbound-messages/attacked", mediaTypes: [JSON_TYPE], headers: headerPair },
];

const part = (name: string, value = "x"): string =>
  `--BNDX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const envelope = (message: string, host: string): string =>
  JSON.stringify({
    Type: "Notification",
    MessageId: "m",
    TopicArn: TOPIC,
    Timestamp: "2026-01-01T00:00:00Z",
    SignatureVersion: "2",
    Signature: "AAAA",
    SigningCertURL: `https://${host}/x.pem`,
    Message: message,
  });

/** Bodies by the media type for which they are made; `text/plain` for all. */
const BODIES: readonly [name: string, mediaType: string, make: (large: number) => Buffer][] = [
  ["nothing", "text/plain", () => Buffer.alloc(0)],
  ["one letter again and again", "text/plain", (large) => Buffer.alloc(large, "x")],
  ["a large body of [", JSON_TYPE, (large) => Buffer.alloc(large, "[")],
  ["a large body of {},", JSON_TYPE, (large) => Buffer.alloc(large, "{},")],
  ["2 MB of [", JSON_TYPE, () => Buffer.alloc(2_000_000, "[")],
  ["2 MB of {},", JSON_TYPE, () => Buffer.concat([Buffer.from("["), Buffer.alloc(2_000_000, "{},")])],
  ["nesting in members", JSON_TYPE, () => Buffer.from('{"a":'.repeat(300_000))],
  ["one key again and again", JSON_TYPE, () => Buffer.from(`{${'"Type":"Notification",'.repeat(80_000)}"a":1}`)],
  ["200,000 keys", JSON_TYPE, () => Buffer.from(`{${Array.from({ length: 160_000 }, (_, i) => `"k${i}":1`).join()}}`)],
  ["a huge string", JSON_TYPE, () => Buffer.from(`{"Message":"${"x".repeat(2_000_000)}"}`)],
  ["a huge string of escapes", JSON_TYPE, () => Buffer.from(`{"Message":"${'\\"'.repeat(1_000_000)}"}`)],
  ["a huge number", JSON_TYPE, () => Buffer.from(`[${"9".repeat(2_000_000)}]`)],
  ["backslashes without an end", JSON_TYPE, () => Buffer.from(`{"a":"${"\\".repeat(2_000_000)}`)],
  ["an envelope of another host", JSON_TYPE, () => Buffer.from(envelope("x".repeat(1_900_000), "evil.example"))],
  [
    "a wide envelope, certificate away",
    JSON_TYPE,
    () => Buffer.from(envelope(`\u{1F600}${"x".repeat(1_900_000)}`, "sns.nowhere-1.amazonaws.com")),
  ],
  ["delimiters alone", MULTIPART, () => Buffer.from("--BNDX\r\n".repeat(300_000))],
  ["50,000 ordinary parts", MULTIPART, () => Buffer.from(part("a").repeat(50_000))],
  [
    "2,000 parts with long headers",
    MULTIPART,
    () => Buffer.from(`--BNDX\r\nContent-Disposition: form-data${"; a".repeat(660)}\r\n\r\nv\r\n`.repeat(1999)),
  ],
  [
    "a header that never ends",
    MULTIPART,
    (large) => Buffer.concat([Buffer.from("--BNDX\r\n"), Buffer.alloc(large, "a: b\r\n")]),
  ],
  ["near misses of the delimiter", MULTIPART, (large) => Buffer.alloc(large, "\r\n--BND")],
  ["line ends alone", MULTIPART, (large) => Buffer.alloc(large, "\r\n")],
  [
    "an end, and garbage",
    MULTIPART,
    (large) => Buffer.concat([Buffer.from("--BNDX--\r\n"), Buffer.alloc(large, "--BNDX")]),
  ],
  ["a large field named token", MULTIPART, (large) => Buffer.from(part("token", "x".repeat(large)))],
  ["a large body of pairs", URLENCODED, (large) => Buffer.alloc(large, "a=b&")],
  ["near misses of a field", URLENCODED, (large) => Buffer.alloc(large, "x&toke")],
  ["a name without an end", URLENCODED, (large) => Buffer.alloc(large, "token=")],
  ["escapes alone", URLENCODED, (large) => Buffer.alloc(large, "%41")],
];

const REFUSED = [400, 401, 403, 406, 408, 413, 415, 417, 431, 503];

function* request(path: string, fields: string, body: Buffer): Generator<Buffer> {
  yield Buffer.from(`POST ${path} HTTP/1.1\r\nhost: inlet\r\n${fields}\r\n`);
  for (let at = 0; at < body.length; at += 64 * 1024) yield body.subarray(at, at + 64 * 1024);
}

/** Every body at every address that takes its media type, with the length that it has. @param large bytes of those that may be of any size */
export function bodyShapes(large: number): Shape[] {
  return ENDPOINTS.flatMap(({ path, mediaTypes, headers }) =>
    BODIES.flatMap(([name, madeFor, make]): Shape[] => {
      // Of a kind that takes any type, SES, the bodies are JSON.
      const taken = mediaTypes[0]?.startsWith("text/plain") === true ? [JSON_TYPE] : mediaTypes;
      if (madeFor !== "text/plain" && !taken.includes(madeFor)) return [];
      const type = madeFor === "text/plain" ? (mediaTypes[0] ?? "") : madeFor;
      return [
        {
          name: `${path}: ${name}`,
          pieces: () => {
            const body = make(large);
            return request(path, `content-type: ${type}\r\n${headers()}content-length: ${body.length}\r\n`, body);
          },
          answers: REFUSED,
        },
      ];
    }),
  );
}

const CHUNKED = "transfer-encoding: chunked\r\n";

/** How a body may come otherwise than with its right length. */
const FRAMINGS: readonly [name: string, fields: string, body: () => Buffer, answers: readonly number[]][] = [
  ["2 MB, a byte a chunk", CHUNKED, () => Buffer.from("1\r\nx\r\n".repeat(2_000_000)), [400, 401, 413]],
  [
    "chunks with long extensions",
    CHUNKED,
    () => Buffer.from(`${`1;${"e".repeat(15_000)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`),
    [400, 401, 413],
  ],
  ["a flood of trailers", CHUNKED, () => Buffer.from(`0\r\n${"t: u\r\n".repeat(100_000)}\r\n`), [400, 401, 431]],
  ["a chunk that is larger than it says", CHUNKED, () => Buffer.from("1\r\nxxxxxxxx\r\n0\r\n\r\n"), [400, 401]],
  ["an endless chunk length", CHUNKED, () => Buffer.from(`${"f".repeat(100_000)}\r\n`), [400, 401, 413]],
  ["a length beyond all bounds", "content-length: 999999999999999\r\n", () => Buffer.alloc(10), [413, 401]],
  ["a length that is no number", "content-length: 1e3\r\n", () => Buffer.alloc(1000), [400]],
  ["a negative length", "content-length: -1\r\n", () => Buffer.alloc(1), [400]],
  ["more than it says", "content-length: 2\r\n", () => Buffer.from("{}garbage\r\n\r\n"), [400, 401]],
  ["two requests in one", "content-length: 2\r\n", () => Buffer.from("{}POST / HTTP/1.1\r\n\r\n"), [400, 401]],
  [
    "a bomb of gzip",
    "content-encoding: gzip\r\ncontent-length: 30000\r\n",
    () => gzipSync(Buffer.alloc(30_000_000)).subarray(0, 30_000),
    [415, 401],
  ],
  ["a flood of headers", "x-flood: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(3000), () => Buffer.alloc(0), [431]],
  ["one endless header", `x-endless: ${"a".repeat(100_000)}\r\n`, () => Buffer.alloc(0), [431]],
  ["a thousand authorizations", `authorization: Basic ${"QQ".repeat(6000)}\r\n`, () => Buffer.alloc(0), [400, 401]],
];

/** Every framing at every address. */
export function framingShapes(): Shape[] {
  return ENDPOINTS.flatMap(({ path, mediaTypes, headers }) =>
    FRAMINGS.map(([name, fields, body, answers]) => ({
      name: `${path}: ${name}`,
      pieces: () => request(path, `content-type: ${mediaTypes[0]}\r\n${headers()}${fields}`, body()),
      // To Postmark and Mailgun "never again" is another code.
      answers: answers.includes(413) || answers.includes(415) ? [...answers, 403, 406] : answers,
    })),
  );
}
