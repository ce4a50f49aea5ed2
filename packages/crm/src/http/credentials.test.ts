import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { credentials } from "./credentials.ts";

const NEW = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const OLD = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const request = { headers: { "idempotency-key": "key-1" }, body: '{"email":"a@example.com"}' };

test.each([
  ["bearer", { authorization: "Bearer one" }],
  ["basic", { authorization: `Basic ${Buffer.from("one").toString("base64")}` }],
  ["header:X-Api-Key", { "x-api-key": "one" }],
])("%s sends the newest token", (auth, headers) => {
  expect(credentials(auth, ["one", "two"], request)).toEqual(headers);
});

test("standard-webhooks signs the body with every secret; the id is that of the write, the same in every try", () => {
  const headers = credentials("standard-webhooks", [NEW, OLD], request) as Record<string, string>;
  expect(headers["webhook-id"]).toBe("key-1");
  for (const secret of [NEW, OLD]) {
    new Webhook(secret).verify(request.body, headers);
    expect(() => new Webhook(secret).verify(`${request.body} `, headers)).toThrow("No matching signature");
  }
});

test("a read, which has no body and no key, is signed under an id of its own", () => {
  const first = credentials("standard-webhooks", [NEW], {}) as Record<string, string>;
  expect(() => new Webhook(NEW).verify("", first)).not.toThrow();
  expect(credentials("standard-webhooks", [NEW], {})["webhook-id"]).not.toBe(first["webhook-id"]);
});
