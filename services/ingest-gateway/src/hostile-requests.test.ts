import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { computeBudget, connectionsWithin, createBodyBudget } from "./body/body-budget.ts";
import { signedHeaders } from "../testing/sign.ts";
import { NOW, SECRET, startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

const SOURCES = `
sources:
  json: { kind: signed-json, secrets: ["env:SECRET"] }
  ses: { kind: ses, topicArns: ["arn:aws:sns:eu-central-1:123456789012:inbound"] }
  mailgun: { kind: mailgun, secrets: ["env:SECRET"] }
`;

let gateway: TestGateway;
let port: number;
beforeEach(async () => {
  gateway = await startTestGateway();
  await gateway.app.listen({ host: "127.0.0.1", port: 0 });
  port = (gateway.app.server.address() as AddressInfo).port;
});
afterEach(() => gateway.app.close());

/** What the gateway answers to these bytes, until it ends the connection. */
async function told(bytes: string): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(bytes);
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return {
    status: Number(head.split(" ")[1]),
    type: /content-type: ([^\r\n;]+)/i.exec(head)?.[1] ?? "",
    body: JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>,
  };
}

const body = JSON.stringify({ eventId: "evt-1", subject: "Hi" });
function signedPost(extra: string, behind = ""): string {
  const headers = Object.entries({ "content-type": "application/json", ...signedHeaders(SECRET, body, NOW) });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST /v1/inbound/acme/json HTTP/1.1\r\n${lines}content-length: ${Buffer.byteLength(body)}\r\n${extra}\r\n${body}${behind}`;
}
const HOST = "host: inlet\r\n";
const END = "connection: close\r\n";

describe("D4: what is no request for any route is answered as a problem", () => {
  test.each([
    ["no Host", signedPost(END), 400, "bad_request"],
    ["two Hosts", signedPost(`${HOST}host: other\r\n${END}`), 400, "bad_request"],
    [
      "an expectation of another kind",
      signedPost(`${HOST}expect: the-unexpected\r\n${END}`),
      417,
      "expectation_failed",
    ],
    ["CONNECT", `CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n`, 405, "method_not_allowed"],
    ["TRACE", `TRACE /v1/inbound/acme/json HTTP/1.1\r\n${HOST}${END}\r\n`, 405, "method_not_allowed"],
    ["a method of WebDAV", `PROPFIND / HTTP/1.1\r\n${HOST}${END}\r\n`, 405, "method_not_allowed"],
    [
      "a flood of headers",
      signedPost(`${HOST}${"x-flood: aaaaaaaaaaaaaaaa\r\n".repeat(2000)}`),
      431,
      "headers_too_large",
    ],
    ["one endless header", `GET /healthz HTTP/1.1\r\nx: ${"a".repeat(20_000)}`, 431, "headers_too_large"],
    ["a length that is none", `POST / HTTP/1.1\r\n${HOST}content-length: x\r\n\r\n`, 400, "bad_request"],
    ["two lengths", `POST / HTTP/1.1\r\n${HOST}content-length: 1\r\ncontent-length: 2\r\n\r\nab`, 400, "bad_request"],
    [
      "a length and chunks",
      `POST / HTTP/1.1\r\n${HOST}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      "bad_request",
    ],
  ])("%s", async (_what, bytes, status, code) => {
    const answer = await told(bytes);
    expect(answer).toMatchObject({ status, type: "application/problem+json", body: { code, status } });
    expect(gateway.producer.sent).toEqual([]);
    expect(await told(`GET /healthz HTTP/1.1\r\n${HOST}${END}\r\n`)).toMatchObject({ status: 200 });
  });

  test("HTTP/1.0 has no Host to give", async () => {
    expect(await told("GET /healthz HTTP/1.0\r\n\r\n")).toMatchObject({ status: 200 });
  });
});

test.each(["garbage", "\u0000\u0001\u0002\r\n\r\n", "GET", "POST /v1/inbound/acme/json HTTP/9.9\r\n\r\n"])(
  "D4: a signed POST followed by %j is acknowledged as what it is",
  async (behind) => {
    const answer = await told(signedPost(`${HOST}${behind === "GET" ? END : ""}`, behind));
    expect(answer).toMatchObject({ status: 202, body: { duplicate: false } });
    expect(gateway.producer.sent).toHaveLength(1);
  },
);

describe("D1: bodies that are not proved", () => {
  test("of SES are bounded by what SNS sends, whatever the source takes", async () => {
    await gateway.app.close();
    gateway = await startTestGateway({}, "", SOURCES);
    const large = await gateway.app.inject({
      method: "POST",
      url: "/v1/inbound/acme/ses",
      payload: Buffer.alloc(3_000_000, "["),
    });
    expect(large.json()).toMatchObject({ code: "body_too_large" });
    const bomb = await gateway.app.inject({
      method: "POST",
      url: "/v1/inbound/acme/ses",
      payload: Buffer.alloc(1_000_000, "["),
    });
    expect(bomb.json()).toMatchObject({ status: 401, code: "signature_malformed" });
  });

  test("of one tenant leave half of the memory to the others", () => {
    const budget = createBodyBudget(1000, 500);
    expect([budget.take(400, "a"), budget.take(200, "a"), budget.take(400, "b")]).toEqual([true, false, true]);
    budget.give(600, "a");
    expect(budget.take(300, "a")).toBe(true);
  });

  test("fit into the container: a quarter of its memory, since a body costs twice its bytes", () => {
    const MiB = 1024 * 1024;
    expect(computeBudget(512 * MiB)).toBe(128 * MiB);
    expect(computeBudget(64 * 1024 * MiB)).toBe(512 * MiB);
  });

  test("connections fit into it beside them", async () => {
    expect(connectionsWithin(512 * 1024 * 1024)).toBe(1024);
    const small = await startTestGateway({ memoryBytes: 64 * 1024 * 1024 });
    expect(small.app.server.maxConnections).toBe(128);
    await small.app.close();
  });
});
