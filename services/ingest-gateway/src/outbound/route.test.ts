import { readFile } from "node:fs/promises";
import { KafkaUnavailableError } from "@inlet/kafka";
import { buildSentMessageId } from "@inlet/schemas";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { describe, expect, test } from "vitest";
import { signedHeaders } from "../../testing/sign.ts";
import { NOW, OLD_SECRET, SECRET, startTestGateway } from "../../testing/test-gateway.ts";
import type { TestGateway } from "../../testing/test-gateway.ts";
import { outboundMessageSchema } from "./outbound-message.ts";

/** WR3: sent messages are registered, so that replies find their deal. */
const registering = async (): Promise<TestGateway> =>
  startTestGateway({}, 'outbound: { secrets: ["env:SECRET", "env:OLD_SECRET"] }\n');

const good = { messageId: "<m1@mail.acme.example>", sentAt: NOW };

function post(
  gateway: TestGateway,
  body: unknown,
  options: InjectOptions & { secret?: string } = {},
): Promise<LightMyRequestResponse> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { headers, secret = SECRET, ...rest } = options;
  return gateway.app.inject({
    method: "POST",
    url: "/v1/outbound-messages/acme",
    payload: text,
    headers: { "content-type": "application/json", ...signedHeaders(secret, text, NOW), ...headers },
    ...rest,
  });
}

test("a registration is on the topic, keyed by its message, before it is acknowledged", async () => {
  const gateway = await registering();
  const full = {
    ...good,
    contactEmail: "Ada@Example.com",
    dealId: "12345",
    campaign: "2026-q2",
    sentAt: "2026-01-01T01:00:00+01:00",
  };
  const answer = await post(gateway, { ...full, unknown: "passes" });
  expect([answer.statusCode, answer.json()]).toEqual([202, { messageId: "m1@mail.acme.example" }]);
  const [record] = gateway.producer.sent;
  expect(record).toMatchObject({ topic: "outbound-messages", key: "acme/m1@mail.acme.example" });
  expect(Object.fromEntries((record?.headers ?? []).map(([name, value]) => [name, value.toString()]))).toMatchObject({
    "inlet-tenant": "acme",
    "inlet-event-id": buildSentMessageId("acme", "m1@mail.acme.example"),
    "inlet-lane": "shared",
    "inlet-schema": "OutboundMessage/1",
  });
  expect(await gateway.codec.decode("OutboundMessage", record?.value ?? Buffer.alloc(0))).toEqual({
    tenantId: "acme",
    messageId: "m1@mail.acme.example",
    contactEmail: "ada@example.com",
    dealId: "12345",
    campaign: "2026-q2",
    sentAt: NOW,
    receivedAt: NOW,
  });
});

test("only messageId and sentAt are required; an older secret is valid while it is listed", async () => {
  const gateway = await registering();
  expect((await post(gateway, { ...good, dealId: null }, { secret: OLD_SECRET })).statusCode).toBe(202);
});

describe("fields that are wrong are named, each one, and nothing is written", () => {
  test.each<[what: string, body: unknown, fields: string[]]>([
    ["nothing", {}, ["messageId", "sentAt"]],
    ["a list", [good], [""]],
    ["no JSON", "{", [""]],
    [
      "all at once",
      { messageId: "", contactEmail: "ada", dealId: 7, campaign: "", sentAt: "soon" },
      ["messageId", "contactEmail", "dealId", "campaign", "sentAt"],
    ],
    ["two ids", { ...good, messageId: "<a@x> <b@x>" }, ["messageId"]],
    ["an endless id", { ...good, messageId: `${"a".repeat(999)}@x` }, ["messageId"]],
    ["two addresses", { ...good, contactEmail: "a@x.example, b@x.example" }, ["contactEmail"]],
    ["a path as deal", { ...good, dealId: "../1" }, ["dealId"]],
    ["a time without zone", { ...good, sentAt: "2026-01-01T00:00:00" }, ["sentAt"]],
    ["a time beyond all", { ...good, sentAt: 9e15 }, ["sentAt"]],
  ])("%s", async (_what, body, fields) => {
    const gateway = await registering();
    const answer = await post(gateway, body);
    const problem = answer.json<{ errors: { field: string; detail: string }[]; detail: string }>();
    expect(answer.headers["content-type"]).toMatch("application/problem+json");
    expect(problem).toMatchObject({ status: 422, code: "fields_invalid" });
    expect(problem.errors.map(({ field }) => field)).toEqual(fields);
    for (const { field, detail } of problem.errors) {
      expect(detail).toMatch(/^is /);
      expect(problem.detail).toContain(field);
    }
    expect(gateway.producer.sent).toEqual([]);
  });
});

describe("what is refused", () => {
  test.each<[what: string, options: InjectOptions, status: number, code: string]>([
    ["an unknown tenant", { url: "/v1/outbound-messages/nobody" }, 404, "source_unknown"],
    ["no signature", { headers: { "x-webhook-signature": "" } }, 401, "signature_missing"],
    ["an altered body", { payload: '{"messageId":"<other@x>","sentAt":1}' }, 401, "signature_mismatch"],
    ["another media type", { headers: { "content-type": "message/rfc822" } }, 415, "media_type_unsupported"],
    ["a large body", { headers: { "content-length": "65537" } }, 413, "body_too_large"],
    ["GET", { method: "GET" }, 405, "method_not_allowed"],
  ])("%s", async (_what, options, status, code) => {
    const gateway = await registering();
    expect((await post(gateway, good, options)).json()).toMatchObject({ status, code });
    expect(gateway.producer.sent).toEqual([]);
  });

  test("a tenant without `outbound`", async () => {
    expect((await post(await startTestGateway(), good)).json()).toMatchObject({ status: 404, code: "source_unknown" });
  });

  test("Kafka away: 503, and the sender keeps it", async () => {
    const gateway = await registering();
    gateway.producer.gate = () => Promise.reject(new KafkaUnavailableError("away"));
    const answer = await post(gateway, good);
    expect(answer.json()).toMatchObject({ status: 503, code: "storage_unavailable" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  });
});

test("neither addresses nor ids of messages are logged", async () => {
  const gateway = await registering();
  await post(gateway, { ...good, contactEmail: "ada@example.com" });
  await post(gateway, { ...good, contactEmail: "ada@example.com, bob@example.com" });
  expect(gateway.logs.length).toBeGreaterThan(1);
  expect(gateway.logs.join("\n")).not.toMatch(/ada@|m1@/);
});

test("docs/reference/outbound-message.schema.json is the schema that the gateway checks by", async () => {
  const file = new URL("../../../../docs/reference/outbound-message.schema.json", import.meta.url);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(outboundMessageSchema())));
});
