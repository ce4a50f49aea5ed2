import { headerText } from "@inlet/kafka";
import { HEADER, buildEventId, topicIn } from "@inlet/schemas";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signedHeaders } from "../testing/sign.ts";
import { NOW, OLD_SECRET, SECRET, WHSEC, startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

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
    const eventId = buildEventId("acme", "json", "evt-1");
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
        connection: null,
        contentType: "application/json",
        body: Buffer.from(JSON.stringify(email)),
      },
    ]);
  });

  test("its record has the key and the headers of docs/concepts/protocol.md, section 2", async () => {
    await gateway.postJson(email);
    const [record] = gateway.producer.sent;
    const eventId = buildEventId("acme", "json", "evt-1");
    expect(record).toMatchObject({ topic: topicIn("rawEvents", "shared"), key: `acme/${eventId}` });
    const header = (name: string) => headerText(record?.headers ?? [], name);
    expect([HEADER.tenant, HEADER.eventId, HEADER.lane, HEADER.schema].map(header)).toEqual([
      "acme",
      eventId,
      "shared",
      "RawEvent/2",
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

  test("without eventId is named by what it says, never by its Message-ID alone (L19)", async () => {
    const post = async (body: unknown): Promise<string> =>
      (await gateway.postJson(body)).json<{ eventId: string }>().eventId;
    const envelope = { to: ["b@acme.example"] };
    const one = await post({ messageId: "<m1@x.example>", envelope, text: "one" });
    expect(await post({ messageId: "<m1@x.example>", envelope, text: "one" })).toBe(one);
    const other = await post({ messageId: "<m1@x.example>", envelope, text: "two" });
    const elsewhere = await post({ messageId: "<m1@x.example>", envelope: { to: ["c@acme.example"] }, text: "one" });
    expect(new Set([one, other, elsewhere]).size).toBe(3);
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
    expect(response.json()).toEqual({ eventId: buildEventId("acme", "webhooks", "msg_1"), duplicate: false });
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
