import { afterEach, describe, expect, test } from "vitest";
import { startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
afterEach(() => gateway.app.close());

const ALLOWED = 'allowFrom: ["192.0.2.0/24", "2001:db8::/32"]\n';

async function from(remoteAddress: string, forwarded?: string): Promise<number> {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return (await gateway.postJson({ eventId: "evt-1" }, { remoteAddress, headers })).statusCode;
}

describe("IN9: where a sender may come from", () => {
  test("the tenant's networks, IPv4 and IPv6; others are refused before anything else, and told nothing", async () => {
    gateway = await startTestGateway({}, ALLOWED);
    expect(await from("192.0.2.7")).toBe(202);
    expect(await from("::ffff:192.0.2.7")).toBe(202);
    expect(await from("2001:db8::7")).toBe(202);
    const refused = await gateway.postJson({ eventId: "evt-2" }, { remoteAddress: "203.0.113.7" });
    expect(refused.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(refused.json()).toEqual({
      type: "urn:inlet:problem:address_not_allowed",
      title: "This source takes nothing from this address",
      status: 403,
      code: "address_not_allowed",
    });
    expect(gateway.logs.join("")).toContain('"signature_fault":"address"');
  });

  test("X-Forwarded-For of a stranger is not trusted", async () => {
    gateway = await startTestGateway({}, ALLOWED);
    expect(await from("203.0.113.7", "192.0.2.7")).toBe(403);
  });

  test("a trusted proxy's is: the last address that is no trusted proxy counts", async () => {
    gateway = await startTestGateway({ trustedProxies: ["10.0.0.0/8"] }, ALLOWED);
    expect(await from("10.0.0.1", "192.0.2.7")).toBe(202);
    expect(await from("10.0.0.1", "203.0.113.7, 192.0.2.7, 10.9.9.9")).toBe(202);
    expect(await from("10.0.0.1", "192.0.2.7, 203.0.113.7")).toBe(403);
    expect(await from("10.0.0.1", "nonsense")).toBe(403);
    expect(await from("10.0.0.1")).toBe(403);
    expect(await from("203.0.113.7", "192.0.2.7")).toBe(403);
  });
});
