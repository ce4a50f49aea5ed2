import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { CallFault } from "@inlet/crm";
import type { FaultRule } from "@inlet/crm-sandbox";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hubSpotSubject } from "./sandbox-subject.ts";
import type { HubSpotSubject } from "./sandbox-subject.ts";
import { soon, ADA, expectFault, file, sought } from "./hubspot-writes.ts";

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function subject(): Promise<HubSpotSubject> {
  const made = await hubSpotSubject();
  opened.push(() => made.close());
  return made;
}

describe("answers and their class", () => {
  test.each<[FaultRule, Partial<CallFault>]>([
    [{ status: 401 }, { kind: "outage", code: "hubspot:401", unknown: false }],
    [{ status: 403 }, { kind: "outage", code: "hubspot:403:MISSING_SCOPES", unknown: false }],
    [
      { status: 403, category: "LIMIT_EXCEEDED" },
      { kind: "outage", code: "hubspot:403:PLAN_LIMIT", unknown: false },
    ],
    [
      { status: 403, category: "FORBIDDEN" },
      { kind: "outage", code: "hubspot:403:FORBIDDEN", unknown: false },
    ],
    [{ status: 423 }, { kind: "record-passing", code: "hubspot:423" }],
    [{ status: 413 }, { kind: "record-permanent", code: "hubspot:413" }],
    [{ status: 400 }, { kind: "record-permanent", code: "hubspot:400:VALIDATION_ERROR" }],
    [
      { status: 400, category: "INVALID_JSON" },
      { kind: "record-permanent", code: "hubspot:400:INVALID_JSON" },
    ],
    [
      { status: 477, retryAfter: 60 },
      { kind: "outage", code: "hubspot:477", unknown: false, retryAfterMs: 60_000 },
    ],
    [
      { status: 503, retryAfter: 2 },
      { kind: "outage", code: "hubspot:5xx", unknown: true, retryAfterMs: 2_000 },
    ],
    [{ status: 302 }, { kind: "outage", code: "hubspot:redirect", unknown: false }],
    [
      { status: 429, policyName: "DAILY" },
      { kind: "outage", code: "hubspot:429:DAILY", unknown: false, retryAfterMs: 900_000 },
    ],
    [
      { status: 429, policyName: "TEN_SECONDLY_ROLLING" },
      { kind: "outage", code: "hubspot:429:TEN_SECONDLY_ROLLING", unknown: false, retryAfterMs: 10_000 },
    ],
  ])("%j on a write", async (rule, expected) => {
    const { crm, sandbox } = await subject();
    sandbox.faults.add({ match: { path: "/crm/v3/objects/contacts/batch/upsert" }, ...rule });
    expect(expectFault(await crm.records.contact.write(ADA, soon()))).toMatchObject(expected);
  });

  test("a 5xx on a read leaves nothing unknown", async () => {
    const { crm, sandbox } = await subject();
    sandbox.faults.add({ match: { method: "GET" }, status: 500 });
    expect(expectFault(await crm.records.deal.read("1", soon()))).toMatchObject({ kind: "outage", unknown: false });
  });

  test("a 404 that HubSpot did not write is an outage, never 'not there'", async () => {
    const { adapter, origin } = await subject();
    const crm = adapter({ baseUrl: `${origin}/wrong/prefix` });
    expect(expectFault(await crm.records.activity.lookup(sought("eml_1"), soon()))).toMatchObject({
      code: "hubspot:404:ENDPOINT",
    });
  });

  test("an address that HubSpot refuses is not quoted, and its contact is made without it (L27)", async () => {
    const { crm, logged, sandbox } = await subject();
    const made = await crm.records.contact.write({ ...ADA, email: "ada@localhost" }, soon());
    expect(made).toMatchObject({
      ok: true,
      value: { warnings: [expect.stringMatching(/^contact_address_refused: /)] },
    });
    expect(sandbox.store.all("contacts").map(({ properties }) => properties["email"])).toEqual([undefined]);
    expect(JSON.stringify([made, logged])).not.toContain("ada@");
  });

  test("an activity for a contact that is gone is the record's fault", async () => {
    const { crm } = await subject();
    const fault = expectFault(await crm.records.activity.write({ ...activity, contactId: "77" }, soon()));
    expect(fault).toMatchObject({ kind: "record-permanent", code: "hubspot:404" });
  });
});

describe("the first byte decides", () => {
  test.each<[string, (socket: Socket) => void, Partial<CallFault>]>([
    [
      "half an answer",
      (s) => s.end("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"),
      { code: "hubspot:reset", unknown: true },
    ],
    ["no HTTP", (s) => s.end("220 mail.example ESMTP\r\n"), { code: "hubspot:reset", unknown: true }],
    [
      "200 without JSON",
      (s) => s.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
      { code: "hubspot:unreadable", unknown: true },
    ],
    [
      "an endless answer",
      (s) => void s.write("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"),
      { code: "hubspot:timeout", unknown: true },
    ],
    ["a reset", (s) => void s.resetAndDestroy(), { code: "hubspot:reset", unknown: true }],
  ])("%s after the request is unknown", async (_, behave, expected) => {
    const server = await listening((socket) => socket.once("data", () => behave(socket)));
    const { adapter } = await subject();
    const crm = adapter({ baseUrl: `http://127.0.0.1:${server.port}`, timeoutMs: 300 });
    const place = { pipeline: "default", stage: "appointmentscheduled" };
    const deal = { key: "cnv_1", name: "x", contactId: "1", tags: [], ...place };
    expect(expectFault(await crm.records.deal.write(deal, soon()))).toMatchObject({ kind: "outage", ...expected });
  });

  test("TLS that fails and a name that does not resolve leave nothing unknown", async () => {
    const server = await listening((socket) => socket.end("not TLS\r\n"));
    const { adapter } = await subject();
    for (const baseUrl of [`https://127.0.0.1:${server.port}`, "http://crm.invalid"]) {
      expect(expectFault(await adapter({ baseUrl }).records.file.write(file, soon()))).toMatchObject({
        kind: "outage",
        unknown: false,
      });
    }
  });

  test("a call that waited for a connection until its deadline was never sent", async () => {
    const reached = new Set<Socket>();
    const server = await listening((socket) => socket.on("data", () => reached.add(socket)));
    const { adapter } = await subject();
    const crm = adapter({ baseUrl: `http://127.0.0.1:${server.port}` });
    const upload = (ms: number) => crm.records.file.write(file, soon(ms));
    // The adapter's 64 connections are all taken by calls that get no answer.
    const holders = Array.from({ length: 64 }, () => upload(8_000));
    await vi.waitFor(() => expect(reached.size).toBe(64), { timeout: 15_000 });
    const waiting = (await Promise.all(Array.from({ length: 8 }, () => upload(50)))).map(expectFault);
    expect(waiting.map(({ code, unknown }) => [code, unknown])).toEqual(waiting.map(() => ["hubspot:deadline", false]));
    const held = (await Promise.all(holders)).map(expectFault);
    expect(new Set(held.map(({ code, unknown }) => `${code} ${unknown}`))).toEqual(new Set(["hubspot:timeout true"]));
    // A call that was given up is not sent once a connection is free.
    expect(reached.size).toBe(64);
  });
});

const activity = {
  key: "eml_1",
  subject: "Hello",
  text: "Hello",
  html: null,
  at: 1_780_000_000_000,
  from: { email: "ada@example.com", name: "Ada Byron" },
  to: [],
  cc: [],
  messageId: "m1@example.com",
  inReplyTo: null,
  spamVerdict: null,
  attachmentCount: 0,
  contactId: "1",
  companyId: null,
  dealId: null,
  fileIds: [],
} as const;

async function listening(onSocket: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port };
}
