import { BlobStoreUnavailableError } from "@inlet/blob-store";
import { RegistryUnavailableError } from "@inlet/event-codec";
import { KafkaUnavailableError, LaneFullError, headerText } from "@inlet/kafka";
import { HEADER, eventIdOf, topicIn } from "@inlet/schemas";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PROBLEMS } from "./problems.ts";
import { signedHeaders } from "./testing/sign.ts";
import { NOW, OLD_SECRET, SECRET, WHSEC, startTestGateway } from "./testing/test-gateway.ts";
import type { TestGateway } from "./testing/test-gateway.ts";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.app.close());

const email = { eventId: "evt-1", subject: "Hi", receivedAt: NOW - 5000 };
const mime = "From: ada@x.example\r\nMessage-ID: <m1@x.example>\r\nSubject: Hi\r\n\r\nHello\r\n";

function postMime(headers: Record<string, string> = {}, body: string = mime) {
  return gateway.app.inject({
    method: "POST",
    url: "/v1/inbound/acme/mime",
    payload: body,
    headers: { "content-type": "message/rfc822", ...signedHeaders(SECRET, body, NOW), ...headers },
  });
}

describe("a signed JSON delivery", () => {
  test("is on the topic, bytes as they came, before it is acknowledged", async () => {
    const response = await gateway.postJson(email);
    const eventId = eventIdOf("acme", "json", "evt-1");
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ eventId, duplicate: false });
    expect(await gateway.events()).toEqual([
      {
        eventId,
        tenantId: "acme",
        lane: "shared",
        receivedAt: NOW,
        source: { name: "json", kind: "signed-json", deliveryId: null, eventId: "evt-1", receivedAt: NOW - 5000 },
        envelope: null,
        contentType: "application/json",
        body: Buffer.from(JSON.stringify(email)),
      },
    ]);
  });

  test("its record has the key and the headers of PROTOCOL.md 2", async () => {
    await gateway.postJson(email);
    const [record] = gateway.producer.sent;
    const eventId = eventIdOf("acme", "json", "evt-1");
    expect(record).toMatchObject({ topic: topicIn("rawEvents", "shared"), key: `acme/${eventId}` });
    const header = (name: string) => headerText(record?.headers ?? [], name);
    expect([HEADER.tenant, HEADER.eventId, HEADER.lane, HEADER.schema].map(header)).toEqual([
      "acme",
      eventId,
      "shared",
      "RawEvent/1",
    ]);
  });

  test("goes to the lane of a dedicated tenant", async () => {
    await gateway.app.close();
    gateway = await startTestGateway({}, "isolation: dedicated\n");
    await gateway.postJson(email);
    expect(gateway.producer.sent[0]?.topic).toBe(topicIn("rawEvents", "acme"));
    expect((await gateway.events())[0]?.lane).toBe("acme");
  });

  test.each([
    ["hex", SECRET, "hex"],
    ["base64", SECRET, "base64"],
    ["the older secret", OLD_SECRET, "hex"],
  ] as const)("is taken with %s", async (_what, secret, encoding) => {
    const body = JSON.stringify(email);
    const response = await gateway.postJson(body, { headers: signedHeaders(secret, body, NOW, encoding) });
    expect(response.statusCode).toBe(202);
  });

  test.each([
    ["no JSON", '{"eventId": '],
    ["no object", "[1,2,3]"],
    ["bytes of no charset", "\u0000\uffff"],
  ])("is kept when it is verified but unreadable: %s", async (_what, body) => {
    const response = await gateway.postJson(body);
    expect(response.statusCode).toBe(202);
    expect((await gateway.events())[0]?.body).toEqual(Buffer.from(body));
  });

  test("without a body is kept too", async () => {
    const response = await gateway.postJson("");
    expect(response.statusCode).toBe(202);
  });

  test("without eventId is named by Message-ID and recipients, else by its bytes", async () => {
    const post = async (body: unknown): Promise<string> =>
      (await gateway.postJson(body)).json<{ eventId: string }>().eventId;
    const one = await post({ messageId: "<m1@x.example>", envelope: { to: ["b@acme.example", "a@acme.example"] } });
    const same = await post({
      messageId: "m1@x.example",
      envelope: { to: ["A@acme.example", "b@acme.example"] },
      subject: "again",
    });
    const other = await post({ messageId: "<m1@x.example>", envelope: { to: ["c@acme.example"] } });
    const unnamed = await post({ subject: "no id" });
    expect(same).toBe(one);
    expect(new Set([one, other, unnamed]).size).toBe(3);
    expect(await post({ subject: "no id" })).toBe(unnamed);
  });
});

describe("Standard Webhooks", () => {
  test.each(["webhook", "svix"])("is taken under %s-… headers and named by the signed id", async (spelling) => {
    const body = JSON.stringify(email);
    const response = await gateway.app.inject({
      method: "POST",
      url: "/v1/inbound/acme/webhooks",
      payload: body,
      headers: {
        "content-type": "application/json; charset=utf-8",
        [`${spelling}-id`]: "msg_1",
        [`${spelling}-timestamp`]: String(NOW / 1000),
        [`${spelling}-signature`]: new Webhook(WHSEC).sign("msg_1", new Date(NOW), body),
      },
    });
    expect(response.json()).toEqual({ eventId: eventIdOf("acme", "webhooks", "msg_1"), duplicate: false });
    expect((await gateway.events())[0]?.source).toMatchObject({ deliveryId: "msg_1", eventId: "evt-1" });
  });

  test("the header pair does not open it", async () => {
    const response = await gateway.postJson(email, { url: "/v1/inbound/acme/webhooks" });
    expect(response.json()).toMatchObject({ status: 401, code: "signature_missing" });
  });
});

describe("raw MIME", () => {
  test("is published as it came, with the envelope that the headers hint at", async () => {
    const response = await postMime({
      "x-envelope-from": "<ada@x.example>",
      "x-envelope-to": "sales@acme.example, deal+1@acme.example",
    });
    expect(response.statusCode).toBe(202);
    const [event] = await gateway.events();
    expect(event).toMatchObject({
      contentType: "message/rfc822",
      envelope: { from: "ada@x.example", to: ["sales@acme.example", "deal+1@acme.example"] },
    });
    expect(event?.body).toEqual(Buffer.from(mime));
  });

  test("each recipient's post is a delivery of its own; Received lines added by a retry are not", async () => {
    const ids = [];
    for (const [to, body] of [
      ["sales@acme.example", mime],
      ["support@acme.example", mime],
      ["sales@acme.example", `Received: by mx2.example\r\n${mime}`],
    ] as const) {
      ids.push((await postMime({ "x-envelope-to": to }, body)).json<{ eventId: string }>().eventId);
    }
    expect(ids[0]).toBe(ids[2]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  test("the empty sender is null; without hints there is no envelope", async () => {
    await postMime({ "x-envelope-from": "<>", "x-envelope-to": "sales@acme.example" });
    await postMime();
    const envelopes = (await gateway.events()).map(({ envelope }) => envelope);
    expect(envelopes).toEqual([{ from: null, to: ["sales@acme.example"] }, null]);
  });
});

describe("refusals", () => {
  const json = { "content-type": "application/json" };
  const url = "/v1/inbound/acme/json";
  const body = JSON.stringify(email);
  const signed = { ...json, ...signedHeaders(SECRET, body, NOW) };
  const cases: [
    what: string,
    request: { method?: "GET" | "PUT"; url?: string; headers?: Record<string, string>; body?: string },
    status: number,
    code: string,
  ][] = [
    ["no signature", { headers: json }, 401, "signature_missing"],
    ["a signature that is none", { headers: { ...signed, "x-webhook-signature": "abc" } }, 401, "signature_malformed"],
    ["an altered body", { body: body.replace("Hi", "Ho") }, 401, "signature_mismatch"],
    [
      "another secret",
      { headers: { ...json, ...signedHeaders("not-the-secret-000", body, NOW) } },
      401,
      "signature_mismatch",
    ],
    [
      "a stale timestamp",
      { headers: { ...json, ...signedHeaders(SECRET, body, NOW - 301_000) } },
      401,
      "timestamp_out_of_window",
    ],
    [
      "a timestamp in the future",
      { headers: { ...json, ...signedHeaders(SECRET, body, NOW + 302_000) } },
      401,
      "timestamp_out_of_window",
    ],
    ["an unknown tenant", { url: "/v1/inbound/nobody/json" }, 404, "source_unknown"],
    ["an unknown source", { url: "/v1/inbound/acme/nothing" }, 404, "source_unknown"],
    ["a path of no tenant", { url: "/v1/inbound/..%2f..%2fetc/json" }, 404, "source_unknown"],
    ["a broken path", { url: "/v1/inbound/%zz/json" }, 400, "bad_request"],
    ["another path", { url: "/v1/other" }, 404, "not_found"],
    ["GET", { method: "GET" }, 405, "method_not_allowed"],
    ["PUT", { method: "PUT" }, 405, "method_not_allowed"],
    ["another media type", { headers: { ...signed, "content-type": "text/plain" } }, 415, "media_type_unsupported"],
    [
      "a media type that is none",
      { headers: { ...signed, "content-type": "application" } },
      415,
      "media_type_unsupported",
    ],
    ["a compressed body", { headers: { ...signed, "content-encoding": "gzip" } }, 415, "media_type_unsupported"],
    ["a body above the source's limit", { body: "x".repeat(2 * 1024 * 1024 + 1) }, 413, "body_too_large"],
  ];

  test.each(cases)("%s", async (_what, request, status, code) => {
    const response = await gateway.app.inject({
      method: request.method ?? "POST",
      url: request.url ?? url,
      headers: request.headers ?? signed,
      ...(request.method === "GET" ? {} : { payload: request.body ?? body }),
    });
    expect(response.statusCode).toBe(status);
    expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ type: `urn:inlet:problem:${code}`, status, code });
    expect(Object.keys(PROBLEMS)).toContain(code);
    expect(gateway.producer.sent).toEqual([]);
    expect(gateway.blobs.keys()).toEqual([]);
  });

  test("405 names what is allowed", async () => {
    expect((await gateway.app.inject({ method: "GET", url })).headers["allow"]).toBe("POST");
  });

  test("unknown tenant and unknown source cannot be told apart", async () => {
    const tenant = await gateway.postJson(email, { url: "/v1/inbound/nobody/json" });
    const source = await gateway.postJson(email, { url: "/v1/inbound/acme/nothing" });
    expect(source.body).toBe(tenant.body);
  });

  test("a wrong signature is answered alike whatever is wrong with it", async () => {
    const answers = await Promise.all(
      ["not-the-secret-000", "not-the-secret-001"].map((secret) =>
        gateway.postJson(body, { headers: signedHeaders(secret, body, NOW) }),
      ),
    );
    expect(answers[0]?.body).toBe(answers[1]?.body);
  });

  test("a tenant above its rate gets 429 with Retry-After; unverified requests do not use it up", async () => {
    await gateway.app.close();
    gateway = await startTestGateway({}, "rateLimit: { perSecond: 1, burst: 2 }\n");
    for (let i = 0; i < 3; i += 1) {
      expect((await gateway.postJson(email, { headers: { "x-webhook-signature": "0".repeat(64) } })).statusCode).toBe(
        401,
      );
    }
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push(await gateway.postJson({ eventId: `evt-${i}` }));
    expect(codes.map(({ statusCode }) => statusCode)).toEqual([202, 202, 429]);
    expect(codes[2]?.json()).toMatchObject({ code: "rate_limited" });
    expect(Number(codes[2]?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  });

  test("more bytes at once than the instance may hold: 503, and the budget is free again afterwards", async () => {
    await gateway.app.close();
    gateway = await startTestGateway({ bodyBudgetBytes: 1000 });
    const large = await gateway.postJson({ eventId: "evt-large", text: "x".repeat(1000) });
    expect(large.json()).toMatchObject({ code: "overloaded", status: 503 });
    expect(large.headers["retry-after"]).toBeDefined();
    for (let i = 0; i < 3; i += 1)
      expect((await gateway.postJson({ eventId: `evt-${i}`, text: "x".repeat(800) })).statusCode).toBe(202);
  });
});

describe("durability", () => {
  test("a large body goes to the blob store before the record that names it", async () => {
    const large = { eventId: "evt-large", text: "x".repeat(800 * 1024) };
    let storedBefore = 0;
    gateway.producer.gate = async () => {
      storedBefore = gateway.blobs.keys().length;
    };
    expect((await gateway.postJson(large)).statusCode).toBe(202);
    expect(storedBefore).toBe(1);
    const [event] = await gateway.events();
    const body = event?.body;
    if (body === undefined || Buffer.isBuffer(body)) throw new Error("the body is inline");
    expect(await gateway.blobs.get(body)).toEqual(Buffer.from(JSON.stringify(large)));
    expect(gateway.producer.sent[0]?.value.length).toBeLessThan(2000);
  });

  test("the blob store away: 503, and no record", async () => {
    gateway.blobs.setUnavailable(true);
    const response = await gateway.postJson({ eventId: "evt-large", text: "x".repeat(800 * 1024) });
    expect(response.json()).toMatchObject({ status: 503, code: "storage_unavailable" });
    expect(gateway.producer.sent).toEqual([]);
  });

  test.each([
    ["Kafka is away", new KafkaUnavailableError("no answer"), "storage_unavailable"],
    ["the lane is full", new LaneFullError("full"), "overloaded"],
    ["the blob store is away", new BlobStoreUnavailableError("away"), "storage_unavailable"],
    ["the registry is away", new RegistryUnavailableError("away"), "storage_unavailable"],
  ])("%s: 503 with Retry-After; when it is back the retry is accepted as new", async (_what, error, code) => {
    gateway.producer.gate = () => Promise.reject(error);
    const refused = await gateway.postJson(email);
    expect(refused.json()).toMatchObject({ status: 503, code });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(5);
    expect(refused.body).not.toContain(error.message);
    gateway.producer.gate = () => Promise.resolve();
    expect((await gateway.postJson(email)).json()).toMatchObject({ duplicate: false });
    expect(gateway.producer.sent).toHaveLength(1);
  });

  test("the registry away at start: 503 until it is back; away later: no matter", async () => {
    gateway.registry.setUnavailable(true);
    expect((await gateway.postJson(email)).statusCode).toBe(503);
    gateway.registry.setUnavailable(false);
    expect((await gateway.postJson(email)).statusCode).toBe(202);
    gateway.registry.setUnavailable(true);
    expect((await gateway.postJson({ eventId: "evt-2" })).statusCode).toBe(202);
  });

  test("no acknowledgement within the deadline: 503", async () => {
    await gateway.app.close();
    gateway = await startTestGateway({ deadlineMs: 20 });
    gateway.producer.gate = () => new Promise<never>(() => undefined);
    expect((await gateway.postJson(email)).json()).toMatchObject({ status: 503, code: "storage_unavailable" });
  });

  test("a fault of our own is 500 and shows nothing of its inside", async () => {
    gateway.producer.gate = () => Promise.reject(new TypeError("secret inside"));
    const response = await gateway.postJson(email);
    expect(response.json()).toEqual({
      type: "urn:inlet:problem:internal_error",
      title: "The gateway failed",
      status: 500,
      code: "internal_error",
    });
  });
});

describe("duplicates", () => {
  test("the same delivery again is acknowledged and not published again", async () => {
    const first = await gateway.postJson(email);
    const again = await gateway.postJson({ ...email, subject: "retried" });
    expect(again.statusCode).toBe(202);
    expect(again.json()).toEqual({ ...first.json<object>(), duplicate: true });
    expect(gateway.producer.sent).toHaveLength(1);
  });

  test("a twin that comes while the first is under way waits for it", async () => {
    const acknowledged = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    gateway.producer.gate = () => {
      arrived.resolve();
      return acknowledged.promise;
    };
    const first = gateway.postJson(email);
    await arrived.promise;
    const twin = gateway.postJson(email);
    acknowledged.resolve();
    expect((await first).json()).toMatchObject({ duplicate: false });
    expect((await twin).json()).toMatchObject({ duplicate: true });
    expect(gateway.producer.sent).toHaveLength(1);
  });

  test("the same id at another source is another delivery", async () => {
    const [one, two] = [await gateway.postJson(email), await postMime()];
    expect(one.json<{ eventId: string }>().eventId).not.toBe(two.json<{ eventId: string }>().eventId);
  });
});

describe("the wide log line", () => {
  test("says what became of the delivery, without addresses, bodies or secrets", async () => {
    await postMime({ "x-envelope-from": "ada@x.example", "x-envelope-to": "sales@acme.example" });
    await gateway.postJson(email, { headers: { "x-webhook-signature": "0".repeat(64) } });
    const lines = gateway.logs
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ status }) => status !== undefined);
    expect(lines).toMatchObject([
      {
        code: "accepted",
        status: 202,
        tenant: "acme",
        source: "mime",
        kind: "raw-mime",
        duplicate: false,
        bytes: mime.length,
      },
      { code: "signature_mismatch", status: 401, tenant: "acme", source: "json", signature_fault: "mismatch" },
    ]);
    expect(gateway.logs.join("")).not.toMatch(/ada@|sales@|open-sesame|Hello/);
  });
});
