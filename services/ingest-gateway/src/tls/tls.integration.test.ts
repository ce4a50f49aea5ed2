import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:https";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { certificateFolder, selfSigned } from "../../testing/certificates.ts";
import type { CertificateFolder } from "../../testing/certificates.ts";
import { freePort } from "../../testing/free-port.ts";
import { startGatewayProcess, stop, untilReady } from "../../testing/gateway-process.ts";
import type { GatewayProcess } from "../../testing/gateway-process.ts";

/** IN6, IN9: the real process with a certificate, on the real Kafka. */

let dir: string;
let certificate: CertificateFolder;
let gateway: GatewayProcess;
let smtpPort: number;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "inlet-tls-"));
  certificate = await certificateFolder(await selfSigned("first.example"));
  smtpPort = await freePort();
  gateway = await startGatewayProcess(dir, {
    HTTP_TLS: "true",
    TLS_CERT_FILE: certificate.certFile,
    TLS_KEY_FILE: certificate.keyFile,
    SMTP_PORT: String(smtpPort),
  });
});
afterAll(async () => {
  expect(await stop(gateway)).toBe(0);
  await certificate.remove();
  await rm(dir, { recursive: true });
});

async function healthz(): Promise<number | undefined> {
  const call = get({ port: gateway.port, host: "127.0.0.1", path: "/healthz", rejectUnauthorized: false });
  const [response] = (await once(call, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function servedName(): Promise<unknown> {
  const socket = connect({ port: gateway.port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

test("lives by HTTPS, is ready on the operators' port, and takes mail by STARTTLS", async () => {
  const { checks } = await untilReady(gateway);
  expect(checks["certificate"]).toMatchObject({ ok: true });
  expect(await healthz()).toBe(200);
  const transport = createTransport({
    host: "127.0.0.1",
    port: smtpPort,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
  });
  const { response } = await transport.sendMail({
    from: "ann@client.example",
    to: "sales@inlet.example",
    subject: "Hi",
    text: "Is it still for sale?",
  });
  transport.close();
  expect(response).toMatch(/^250 2\.0\.0 Accepted evt_/);
  // Logs are gathered for a moment.
  await expect.poll(() => gateway.lines.join("\n"), { timeout: 40_000 }).toMatch(/"protocol":"smtp","tls":"TLSv1\.3"/);
});

test("a renewed certificate is served without a restart", async () => {
  expect(await servedName()).toBe("first.example");
  await certificate.write(await selfSigned("second.example"));
  await vi.waitFor(async () => expect(await servedName()).toBe("second.example"), { timeout: 50_000, interval: 200 });
});
