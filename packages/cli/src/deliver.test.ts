import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Delivery, deliver } from "./deliver.ts";
import { headerPair, standardWebhook } from "@inlet/sources/testing";

interface Seen {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

let seen: Seen;
let answer = { status: 202, body: '{"eventId":"evt_1","duplicate":false}' };
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    seen = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
});
let delivery: Delivery;
beforeAll(async () => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());
beforeEach(() => {
  answer = { status: 202, body: '{"eventId":"evt_1","duplicate":false}' };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  delivery = {
    url,
    tenant: "demo",
    source: "signed-json",
    kind: "signed-json",
    secret: "secret",
    privateKey: null,
    rawForm: false,
    settings: null,
    deliveryId: "e-1",
    mime: Buffer.from("From: ä\r\n\r\nhi", "latin1"),
    asItIs: false,
  };
});

/** What the signature must be, given the timestamp that was sent. */
const sentAt = (header: string): number => Number(seen.headers[header]) * 1000;

test("signed-json: the sender's id, the bytes in base64, the header pair over the body", async () => {
  expect(await deliver(delivery)).toEqual({ status: 202, eventId: "evt_1", duplicate: false, problem: null });
  expect(seen.path).toBe("/v1/inbound/demo/signed-json");
  expect(JSON.parse(seen.body.toString())).toEqual({
    eventId: "e-1",
    raw: Buffer.from(delivery.mime).toString("base64"),
  });
  expect(seen.headers).toMatchObject({
    "content-type": "application/json",
    ...headerPair(seen.body, "secret", sentAt("x-webhook-timestamp")),
  });
});

test("standard-webhooks: the id is the sender's", async () => {
  await deliver({ ...delivery, kind: "standard-webhooks", secret: "whsec_c2VjcmV0" });
  expect(seen.headers).toMatchObject(standardWebhook(seen.body, "e-1", "whsec_c2VjcmV0", sentAt("webhook-timestamp")));
});

test("raw-mime: the bytes as they are", async () => {
  await deliver({ ...delivery, kind: "raw-mime" });
  expect(seen.body).toEqual(delivery.mime);
  expect(seen.headers).toMatchObject({
    "content-type": "message/rfc822",
    ...headerPair(seen.body, "secret", sentAt("x-webhook-timestamp")),
  });
});

test("a body that is JSON already goes as it is", async () => {
  await deliver({ ...delivery, mime: Buffer.from('{"subject":'), asItIs: true });
  expect(seen.body.toString()).toBe('{"subject":');
});

test("a refusal is told with the problem's code", async () => {
  answer = { status: 401, body: '{"code":"bad_signature","title":"Bad signature","status":401}' };
  expect(await deliver(delivery)).toEqual({
    status: 401,
    eventId: null,
    duplicate: null,
    problem: "bad_signature: Bad signature",
  });
});
