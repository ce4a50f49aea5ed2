import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBodyBudget } from "../body/body-budget.ts";
import { PROBLEMS } from "./problems.ts";
import { signedHeaders } from "../../testing/sign.ts";
import { NOW, SECRET, startTestGateway } from "../../testing/test-gateway.ts";
import type { TestGateway } from "../../testing/test-gateway.ts";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.app.close());

const email = { eventId: "evt-1", subject: "Hi" };

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
    gateway = await startTestGateway({ bodyBudget: createBodyBudget(1000) });
    const large = await gateway.postJson({ eventId: "evt-large", text: "x".repeat(1000) });
    expect(large.json()).toMatchObject({ code: "overloaded", status: 503 });
    expect(large.headers["retry-after"]).toBeDefined();
    for (let i = 0; i < 3; i += 1)
      expect((await gateway.postJson({ eventId: `evt-${i}`, text: "x".repeat(800) })).statusCode).toBe(202);
  });
});
