import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSandbox, duplicatesIn, type Sandbox } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLIENT, startTokenServer, type TokenServer } from "../conformance/crm/token-server.ts";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR1: two sinks towards a CRM whose access tokens live for seconds and whose refresh tokens rotate; then the grant is revoked, and authorized again. */
let dir: string;
let tokens: TokenServer;
let sandbox: Sandbox;
let inlet: RunningInlet;
let gateway: Service;
let sinks: Service[];
const sent: string[] = [];
const secretFile = (): string => path.join(dir, "refresh-token");

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "inlet-oauth-"));
  tokens = await startTokenServer({ expiresIn: 4, ms: 20, onlyNewest: true });
  await writeFile(secretFile(), tokens.firstRefreshToken);
  sandbox = createSandbox({ tokens: tokens.accepted, seed: false });
  const baseUrl = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  const oauth = {
    tokenUrl: tokens.url,
    clientId: CLIENT.id,
    clientSecret: "env:OAUTH_CLIENT_SECRET",
    refreshToken: `file:${secretFile()}`,
  };
  const crm = { kind: "hubspot", baseUrl, oauth, timeout: "2s", quota: { perSecond: 1_900, burst: 1_000 } };
  inlet = await runInlet({ crm: { yaml: JSON.stringify(crm), env: { OAUTH_CLIENT_SECRET: CLIENT.secret } } });
  gateway = await inlet.start("ingest-gateway");
  await inlet.start("parser");
  sinks = await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
}, 300_000);
afterAll(async () => {
  await inlet?.close();
  await sandbox?.app.close();
  await tokens?.close();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

it("mail goes on over renewed tokens; a revoked grant makes it wait, with an alert, until a new refresh token is in the secret", async () => {
  while (tokens.requests.length < 4) {
    await send();
    await allWritten();
  }
  expect(tokens.reuses()).toBe(0);

  tokens.revokeGrant();
  // It may be written all the same: the other sink's token may live for some seconds still.
  await eventually(
    "an email that waits without a token",
    async () => {
      const id = await send();
      const { stdout } = await inlet.inlet("show", id);
      return stdout.includes("oauth:invalid_grant") ? id : null;
    },
    60_000,
  );
  const metrics = await Promise.all(sinks.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  expect(metrics.join("\n")).toMatch(/inlet_alerts_total\{code="oauth:invalid_grant"\} [1-9]/);

  const renewed = tokens.authorize();
  await writeFile(secretFile(), renewed);
  await allWritten();
  expect(sandbox.store.all("emails")).toHaveLength(sent.length);
  expect(duplicatesIn(sandbox.store)).toEqual([]);
  expect(await inlet.inlet("reconcile")).toMatchObject({ code: 0 });
  const told = await inlet.logs("crm-sink");
  expect(told).toContain("oauth:invalid_grant");
  for (const secret of [CLIENT.secret, tokens.firstRefreshToken, renewed, ...tokens.accepted.map(({ token }) => token)])
    expect(told).not.toContain(secret);
}, 300_000);

async function allWritten(): Promise<void> {
  await eventually(
    "every email to be written",
    async () => {
      const states = await inlet.ledger.inspect.states(sent.map((eventId) => ({ tenant: "acme", eventId })));
      return sent.every((eventId) => states.get(`acme/${eventId}`) === "written") ? true : null;
    },
    150_000,
  );
}

async function send(): Promise<string> {
  const n = sent.length + 1;
  const mail = `From: Sender ${n} <oauth-${n}@example.com>\r
To: sales@inlet.example\r
Subject: By OAuth ${n}\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <oauth-${n}@example.com>\r
\r
Email ${n}\r
`;
  const eventId = await inlet.post(gateway, `oauth-${n}`, mail);
  sent.push(eventId);
  return eventId;
}
