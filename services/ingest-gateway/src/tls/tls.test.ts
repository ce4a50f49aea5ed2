import { once } from "node:events";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { text } from "node:stream/consumers";
import { createTransport } from "nodemailer";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { changingCertificate, certificateFolder, selfSigned } from "../../testing/certificates.ts";
import type { TestCertificate } from "../../testing/certificates.ts";
import { mailClient } from "../../testing/mail-client.ts";
import { signedHeaders } from "../../testing/sign.ts";
import { NOW, SECRET, startTestGateway } from "../../testing/test-gateway.ts";
import { startTestMail } from "../../testing/test-mail.ts";
import { watchCertificate } from "./certificate.ts";
import { eventually } from "../../testing/eventually.ts";

let first: TestCertificate;
let second: TestCertificate;
beforeAll(async () => {
  [first, second] = await Promise.all([selfSigned("first.example"), selfSigned("second.example")]);
});

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** A client of the last century: it offers TLS 1.1 at most, and would take any cipher. */
const OLD: ConnectionOptions = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };

describe("HTTPS", () => {
  async function start() {
    const certificate = changingCertificate(first);
    const gateway = await startTestGateway({ certificate });
    await gateway.app.listen({ host: "127.0.0.1", port: 0 });
    cleanUp.push(async () => gateway.app.close());
    return { certificate, gateway, port: (gateway.app.server.address() as AddressInfo).port };
  }

  test("takes a delivery, by TLS 1.2 and 1.3, and nothing older", async () => {
    const { gateway, port } = await start();
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const body = JSON.stringify({ eventId: maxVersion });
      const call = request({
        port,
        host: "127.0.0.1",
        path: "/v1/inbound/acme/json",
        method: "POST",
        headers: { "content-type": "application/json", ...signedHeaders(SECRET, body, NOW) },
        ca: first.cert,
        servername: "first.example",
        checkServerIdentity: () => undefined,
        maxVersion,
      });
      call.end(body);
      const [response] = await once(call, "response");
      expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([202, { duplicate: false }]);
    }
    expect(gateway.producer.sent).toHaveLength(2);
    await expect(handshake(port, OLD)).rejects.toThrow(/protocol version/i);
  });

  test("a changed certificate is served to the next connection", async () => {
    const { certificate, port } = await start();
    const before = await handshake(port);
    certificate.change(second);
    const after = await handshake(port);
    expect([before, after].map((socket) => socket.getPeerCertificate().subject.CN)).toEqual([
      "first.example",
      "second.example",
    ]);
    before.destroy();
    after.destroy();
  });
});

describe("mail", () => {
  async function start() {
    const certificate = changingCertificate(first);
    const mail = await startTestMail({ certificate });
    cleanUp.push(async () => mail.servers.close());
    return { certificate, mail };
  }

  test.each([
    ["by STARTTLS", "smtp", false],
    ["inside TLS", "smtps", true],
  ] as const)("a real client delivers %s, and the event tells it", async (_how, protocol, secure) => {
    const { mail } = await start();
    const transport = createTransport({
      host: "127.0.0.1",
      port: mail.port(protocol),
      secure,
      requireTLS: true,
      tls: { ca: first.cert, checkServerIdentity: () => undefined },
    });
    await transport.sendMail({ from: "ann@client.example", to: "sales@acme.example", subject: "Hi", text: "Hi" });
    transport.close();
    expect((await mail.events()).map(({ connection }) => connection?.tls)).toEqual(["TLSv1.3"]);
  });

  test("nothing older than TLS 1.2", async () => {
    const { mail } = await start();
    await expect(handshake(mail.port("smtps"), OLD)).rejects.toThrow(/protocol version/i);
    const client = await mailClient(mail.port("smtp"));
    expect(await client.say("EHLO client.example", "STARTTLS")).toEqual([
      expect.stringMatching(/^250 /),
      "220 Ready to start TLS",
    ]);
    client.socket.removeAllListeners("data");
    await expect(handshake(0, { ...OLD, socket: client.socket })).rejects.toThrow(/protocol version/i);
  });

  test("a changed certificate is served to the next connection", async () => {
    const { certificate, mail } = await start();
    certificate.change(second);
    const socket = await handshake(mail.port("smtps"));
    expect(socket.getPeerCertificate().subject.CN).toBe("second.example");
    socket.destroy();
  });

  test("without a certificate there is no STARTTLS: the one that smtp-server brings is known to everybody", async () => {
    const mail = await startTestMail();
    cleanUp.push(async () => mail.servers.close());
    const client = await mailClient(mail.port("smtp"));
    expect(await client.say("EHLO client.example", "STARTTLS")).toEqual([
      "250 SIZE 67108864",
      "500 Error: command not recognized",
    ]);
  });
});

describe("the certificate's files", () => {
  test("a renewed pair is taken over; half of one, or a broken one, is not, and says so", async () => {
    const folder = await certificateFolder(first);
    const faults: string[] = [];
    const files = watchCertificate({ files: folder, onFault: ({ problem }) => void faults.push(problem), pollMs: 10 });
    cleanUp.push(
      async () => files.close(),
      async () => folder.remove(),
    );
    const taken: string[] = [];
    files.onChange(({ cert }) => void taken.push(cert));
    await folder.write({ cert: second.cert });
    // A file that is read while it is being written is a fault of its own.
    await eventually(() => expect(faults).not.toEqual([]));
    expect(files.current().cert).toBe(first.cert);
    await folder.write({ key: second.key });
    await eventually(() => expect(taken).toEqual([second.cert]));
    await folder.write({ ...second });
    const before = faults.length;
    await folder.write({ cert: "not a certificate" });
    await eventually(() => expect(faults.length).toBeGreaterThan(before));
    expect(files.current().cert).toBe(second.cert);
    // The same pair written once more, and read in halves or not, was taken once.
    expect(taken).toEqual([second.cert]);
    expect(faults.join()).not.toContain("PRIVATE");
  });

  test.each([
    ["a file that is not there", { certFile: "/nowhere/fullchain.pem" }, /TLS_CERT_FILE: names a file that cannot/],
    ["a key that is not there", { keyFile: "/nowhere/privkey.pem" }, /TLS_KEY_FILE: names a file that cannot/],
  ])("%s is a fault of the configuration", async (_what, change, message) => {
    const folder = await certificateFolder(first);
    cleanUp.push(async () => folder.remove());
    expect(() => watchCertificate({ files: { ...folder, ...change }, onFault: () => undefined })).toThrow(message);
  });

  test("an empty key is a fault of the configuration", async () => {
    const folder = await certificateFolder({ cert: first.cert, key: "" });
    cleanUp.push(async () => folder.remove());
    expect(() => watchCertificate({ files: folder, onFault: () => undefined })).toThrow(/cannot be used together/);
  });

  test("a key of another certificate is a fault of the configuration", async () => {
    const folder = await certificateFolder({ cert: first.cert, key: second.key });
    cleanUp.push(async () => folder.remove());
    expect(() => watchCertificate({ files: folder, onFault: () => undefined })).toThrow(/cannot be used together/);
  });
});
