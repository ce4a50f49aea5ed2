import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { loadTenants } from "@inlet/config";
import type { EncodedRequest } from "@inlet/sources";
import {
  encodeCloudmailin,
  encodeMailgun,
  encodePostmark,
  encodeSendgrid,
  encodeSes,
  signSns,
  type Posting,
} from "@inlet/sources/testing";
import { buildEventId } from "@inlet/schemas";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KafkaUnavailableError } from "@inlet/kafka";
import { PROBLEMS } from "./answers/problems.ts";
import { startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

const repository = new URL("../../../", import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, repository), "utf8");

const mime = await readFile(new URL("test/emails/reply/plain-quoted-printable.eml", repository));
const env = parseEnv(await read("config/demo.env"));
const keys = {
  sns: await read("config/demo/sns-signing-key.pem"),
  sendgrid: await read("config/demo/sendgrid-signing-key.pem"),
};
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:inlet-demo";

const posting = (): Posting => ({
  mime,
  envelope: { from: "ada@northwind.example.com", to: ["sales@inlet.example"] },
  deliveryId: "22c74902-a0c1-4511-804f-341342852c90",
  now: Date.now(),
});
const secret = (name: string): string => env[name] ?? "";

/** Every endpoint of the demo tenant, as its provider posts to it, with the code that the provider documents as success. */
const SENDERS: readonly [source: string, success: number, encode: (mail: Posting) => Promise<EncodedRequest>][] = [
  ["postmark", 200, (mail) => encodePostmark(mail, { credential: secret("DEMO_POSTMARK_BASIC_AUTH") })],
  ["mailgun", 200, (mail) => encodeMailgun(mail, { signingKey: secret("DEMO_MAILGUN_SIGNING_KEY"), mime: false })],
  ["mailgun-mime", 200, (mail) => encodeMailgun(mail, { signingKey: secret("DEMO_MAILGUN_SIGNING_KEY"), mime: true })],
  [
    "sendgrid",
    202,
    (mail) => encodeSendgrid(mail, { basic: secret("DEMO_SENDGRID_BASIC_AUTH"), privateKey: null, raw: false }),
  ],
  ["sendgrid-raw", 202, (mail) => encodeSendgrid(mail, { basic: null, privateKey: keys.sendgrid, raw: true })],
  ["ses", 200, (mail) => Promise.resolve(encodeSes(mail, { topicArn: TOPIC, privateKey: keys.sns }))],
  [
    "cloudmailin",
    202,
    (mail) => encodeCloudmailin(mail, { credential: secret("DEMO_CLOUDMAILIN_BASIC_AUTH"), format: "json" }),
  ],
];

let gateway: TestGateway;
const confirmed: string[] = [];

beforeAll(async () => {
  const tenants = await loadTenants({ dir: fileURLToPath(new URL("config/tenants", repository)), env });
  const sns = {
    certificate: () => Promise.reject(new Error("the demo pins its certificate")),
    confirm: (url: string) => {
      if (url.includes("away")) return Promise.reject(new Error("away"));
      confirmed.push(url);
      return Promise.resolve();
    },
  };
  gateway = await startTestGateway({ now: Date.now, tenants, sns });
});
afterAll(async () => gateway.app.close());
beforeEach(() => {
  gateway.producer.gate = () => Promise.resolve();
});

async function post(
  source: string,
  { headers, body }: EncodedRequest,
): Promise<{ status: number; json: Record<string, unknown>; challenge: unknown }> {
  const answer = await gateway.app.inject({
    method: "POST",
    url: `/v1/inbound/demo/${source}`,
    headers,
    payload: body,
  });
  return { status: answer.statusCode, json: answer.json(), challenge: answer.headers["www-authenticate"] };
}

describe.each(SENDERS)("%s", (source, success, encode) => {
  test("its request is taken with the provider's own code, kept as it came, and a repetition is known", async () => {
    const request = await encode(posting());
    const first = await post(source, request);
    expect(first).toMatchObject({ status: success, json: { duplicate: false } });
    expect(await post(source, request)).toMatchObject({
      status: success,
      json: { eventId: first.json["eventId"], duplicate: true },
    });
    const event = (await gateway.events()).at(-1);
    expect(event).toMatchObject({ eventId: first.json["eventId"], contentType: request.headers["content-type"] });
    expect(Buffer.compare(event?.body as Buffer, request.body)).toBe(0);
  });

  test("without its credentials or signature it is not kept", async () => {
    const before = gateway.producer.sent.length;
    const { headers, body } = await encode(posting());
    const bare = { "content-type": headers["content-type"] ?? "" };
    const forged = Buffer.from(body.toString("latin1").replaceAll(/signature|Signature"/g, "sugnature"), "latin1");
    expect(await post(source, { headers: bare, body: forged })).toMatchObject({ status: 401 });
    expect(gateway.producer.sent).toHaveLength(before);
  });

  test("while Kafka is away it is told to come again", async () => {
    gateway.producer.gate = () => Promise.reject(new KafkaUnavailableError("away"));
    const fresh = mime.toString("latin1").replace(/^Message-ID: </im, "Message-ID: <fresh-");
    const mail = { ...posting(), deliveryId: "44c74902", mime: Buffer.from(fresh, "latin1") };
    const { headers, body } = await encode(mail);
    const answer = await gateway.app.inject({
      method: "POST",
      url: `/v1/inbound/demo/${source}`,
      headers,
      payload: body,
    });
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  });
});

test("an event is named by the provider's own id", async () => {
  expect(
    (await post("postmark", await encodePostmark(posting(), { credential: secret("DEMO_POSTMARK_BASIC_AUTH") }))).json[
      "eventId"
    ],
  ).toBe(buildEventId("demo", "postmark", posting().deliveryId));
  expect((await post("ses", encodeSes(posting(), { topicArn: TOPIC, privateKey: keys.sns }))).json["eventId"]).toBe(
    buildEventId("demo", "ses", [posting().deliveryId, ...posting().envelope.to].join("\0")),
  );
});

describe("answers that mean something else to a provider", () => {
  const basic = (name: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(secret(name)).toString("base64")}`,
  });

  test("what can never be taken ends Postmark's retries with 403 and Mailgun's with 406", async () => {
    const headers = { ...basic("DEMO_POSTMARK_BASIC_AUTH"), "content-type": "application/json" };
    const event = await post("postmark", { headers, body: Buffer.from('{"RecordType":"Bounce"}') });
    expect(event).toMatchObject({ status: 403, json: { code: "not_email", status: 403 } });
    const large = await post("mailgun", {
      headers: { "content-type": "text/plain" },
      body: Buffer.from("no form"),
    });
    expect(large).toMatchObject({ status: 406, json: { code: "media_type_unsupported", status: 406 } });
  });

  test("who has no credentials is asked for them: SNS sends them only then", async () => {
    expect(
      await post("postmark", { headers: { "content-type": "application/json" }, body: Buffer.from("{}") }),
    ).toMatchObject({
      status: 401,
      challenge: 'Basic realm="inlet", charset="UTF-8"',
    });
  });

  test("a signed subscription is confirmed; when that fails SNS is told to come again", async () => {
    const request = (token: string): EncodedRequest =>
      signSns(
        {
          Type: "SubscriptionConfirmation",
          MessageId: "165545c9",
          TopicArn: TOPIC,
          Message: "You have chosen to subscribe.",
          Timestamp: "2026-01-01T00:00:00Z",
          Token: token,
          SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=${token}`,
        },
        { privateKey: keys.sns },
      );
    expect(await post("ses", request("here"))).toMatchObject({ status: 200, json: { confirmed: true } });
    expect(confirmed).toEqual(["https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=here"]);
    expect(await post("ses", request("away"))).toMatchObject({
      status: 503,
      json: { code: "verification_unavailable" },
    });
  });
});

/** Seeded, so that a failure can be run again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

test("a signature that came with one email does not count for another, and is counted as used again", async () => {
  const signed = await encodeMailgun(posting(), { signingKey: secret("DEMO_MAILGUN_SIGNING_KEY"), mime: true });
  expect((await post("mailgun-mime", signed)).status).toBe(200);
  const body = Buffer.from(
    Buffer.from(signed.body).toString("latin1").replaceAll("northwind.example.com", "southwind.example.com"),
    "latin1",
  );
  expect(await post("mailgun-mime", { ...signed, body })).toMatchObject({ json: { code: "signature_reused" } });
});

test.each(SENDERS)(
  "400 mutations of a valid request to %s: every answer is a defined one",
  async (source, success, encode) => {
    const random = generator(source.length * 7919 + success);
    const pick = (most: number): number => Math.floor(random() * most);
    const known = new Set<number>([success, 200, ...Object.values(PROBLEMS).map(({ status }) => status), 403, 406]);
    const request = await encode(posting());
    for (let round = 0; round < 400; round += 1) {
      const body = Buffer.from(request.body);
      let bytes: Buffer = body;
      const kind = pick(4);
      if (kind === 0) for (let flips = 0; flips <= pick(8); flips += 1) body[pick(body.length)] = pick(256);
      else if (kind === 1) bytes = body.subarray(0, pick(body.length));
      else if (kind === 2)
        bytes = Buffer.concat([body.subarray(pick(body.length)), body.subarray(0, pick(body.length))]);
      const headers = { ...request.headers };
      if (kind === 3) {
        const name = Object.keys(headers)[pick(Object.keys(headers).length)] ?? "";
        headers[name] =
          pick(2) === 0 ? "" : (headers[name] ?? "").slice(0, pick(40)) + String.fromCharCode(33 + pick(90));
      }
      const answer = await post(source, { headers, body: bytes });
      expect(answer.status, JSON.stringify(answer.json)).not.toBe(500);
      expect(known).toContain(answer.status);
    }
  },
);
