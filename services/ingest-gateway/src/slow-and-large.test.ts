import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { signedHeaders } from "../testing/sign.ts";
import { NOW, SECRET, startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
afterEach(() => gateway.app.close());

async function listening(overrides: Parameters<typeof startTestGateway>[0] = {}): Promise<number> {
  gateway = await startTestGateway(overrides);
  await gateway.app.listen({ host: "127.0.0.1", port: 0 });
  return (gateway.app.server.address() as AddressInfo).port;
}

/** Opens a POST by hand, so that the body can come as slowly as one likes. */
async function opened(port: number, headers: Record<string, string>): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const lines = Object.entries({ host: "inlet", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /v1/inbound/acme/mime HTTP/1.1\r\n${lines.join("")}\r\n`);
  return socket;
}

const mime = (length: number): Record<string, string> => ({
  "content-type": "message/rfc822",
  "content-length": String(length),
});

describe("slow clients, on real sockets", () => {
  const patience = { requestMs: 300, headersMs: 200, checkMs: 50 };

  test("a body that trickles in is answered 408 as a problem, and the connection ends", async () => {
    const port = await listening({ patience });
    const socket = await opened(port, { ...mime(1000), ...signedHeaders(SECRET, "", NOW) });
    const trickle = setInterval(() => socket.write("x"), 20);
    const answer = await text(socket);
    clearInterval(trickle);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toMatchObject({ code: "request_timeout" });
    expect(gateway.producer.sent).toEqual([]);
  });

  test("headers that do not end are answered 408", async () => {
    const port = await listening({ patience });
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /v1/inbound/acme/mime HTTP/1.1\r\nhost: inlet\r\nx-slow: ");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("sizes, on real sockets", () => {
  const posted = async (bytes: number): Promise<{ status: number; body: unknown }> => {
    const port = (gateway.app.server.address() as AddressInfo).port;
    const body = Buffer.alloc(bytes, "Subject: x\r\n");
    const response = await fetch(`http://127.0.0.1:${port}/v1/inbound/acme/mime`, {
      method: "POST",
      headers: { "content-type": "message/rfc822", ...signedHeaders(SECRET, body, NOW) },
      body,
    });
    return { status: response.status, body: await response.json() };
  };

  test("31 MB are accepted by the limit that sources have when they name none", async () => {
    await listening();
    expect(await posted(31_000_000)).toMatchObject({ status: 202 });
    const [event] = await gateway.events();
    expect(event?.body).toMatchObject({ size: 31_000_000 });
  });

  test("above it the answer is 413 before the body comes", async () => {
    const port = await listening();
    const socket = await opened(port, { ...mime(33_600_000), ...signedHeaders(SECRET, "", NOW) });
    const [chunk] = (await once(socket, "data")) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    expect(gateway.producer.sent).toEqual([]);
  });
});
