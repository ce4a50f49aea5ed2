import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { signedHeaders } from "../testing/sign.ts";
import { NOW, SECRET, startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";
import { eventually } from "../testing/eventually.ts";

let gateway: TestGateway;
let port: number;
beforeEach(async () => {
  gateway = await startTestGateway();
  await gateway.app.listen({ host: "127.0.0.1", port: 0 });
  port = (gateway.app.server.address() as AddressInfo).port;
});
afterEach(() => gateway.app.close());

function post(headers: Record<string, string>): {
  call: ClientRequest;
  answer: Promise<{ status: number; code: string }>;
} {
  const call = request({
    port,
    host: "127.0.0.1",
    method: "POST",
    path: "/v1/inbound/acme/json",
    headers: { "content-type": "application/json", ...headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    call.on("response", resolve);
    call.on("error", reject);
  }).then(async (response) => {
    const { code = "" } = JSON.parse(await text(response)) as { code?: string };
    return { status: response.statusCode ?? 0, code };
  });
  return { call, answer };
}

test("a chunked body over the limit is answered 413, not cut off", async () => {
  const { call, answer } = post(signedHeaders(SECRET, "", NOW));
  call.on("error", () => undefined);
  for (let i = 0; i < 33; i += 1) call.write(Buffer.alloc(64 * 1024, 120));
  expect(await answer).toEqual({ status: 413, code: "body_too_large" });
  call.destroy();
});

test("an unsigned request is refused before its body is sent", async () => {
  const { call, answer } = post({ "content-length": "1000000" });
  call.flushHeaders();
  expect(await answer).toEqual({ status: 401, code: "signature_missing" });
  call.destroy();
});

test("a sender that hangs up half way leaves a log line, and frees what it held", async () => {
  const { call, answer } = post({ "content-length": "1000000", ...signedHeaders(SECRET, "", NOW) });
  call.write(Buffer.alloc(100_000, 120));
  await eventually(async () => {
    const connections = await new Promise<number>((resolve, reject) =>
      gateway.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
    expect(connections).toBe(1);
  });
  call.destroy();
  await expect(answer).rejects.toThrow("socket hang up");
  await eventually(() => expect(gateway.logs.some((line) => line.includes('"status":499'))).toBe(true));
  expect(gateway.producer.sent).toEqual([]);
});

test("what is no HTTP is answered as a problem", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write("HELLO inlet\r\n\r\n");
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toMatchObject({ code: "bad_request" });
});

test("closing lets a delivery that is under way end, acknowledged", async () => {
  const acknowledged = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  gateway.producer.gate = () => {
    arrived.resolve();
    return acknowledged.promise;
  };
  const body = JSON.stringify({ eventId: "evt-1" });
  const { call, answer } = post(signedHeaders(SECRET, body, NOW));
  call.end(body);
  await arrived.promise;
  const closed = gateway.app.close();
  acknowledged.resolve();
  expect((await answer).status).toBe(202);
  await closed;
  expect(gateway.producer.sent).toHaveLength(1);
});
