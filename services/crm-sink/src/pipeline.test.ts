import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import type { NormalizedEvent } from "@inlet/schemas";
import type { Disposition } from "@inlet/service";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildEmail, buildRecord, httpTenant } from "../testing/emails.ts";
import { sinkDeps } from "../testing/sink-deps.ts";
import type { IncomingDelivery, SinkDeps } from "./attempt.ts";
import { finishAttempt } from "./finish/finish-attempt.ts";
import { beginAttempt } from "./intake/begin-attempt.ts";
import { deliver } from "./pipeline.ts";

type Ledger = ReturnType<typeof ledgerOn>;
type Change = Partial<{ behindSlow: boolean; waited: { starts: number } }>;

/** What was asked of the CRM, in order. */
const calls: string[] = [];
const server: Server = createServer((request, response) => {
  calls.push(`${request.method} ${request.url}`);
  response.writeHead(200, { "content-type": "application/json" }).end('{"id":"7"}');
});
const tenants = new Map<string, ReturnType<typeof httpTenant>>();
let ledger: Ledger;
let deps: SinkDeps;
let offset = 0n;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ledger = ledgerOn(await openMemoryDatabase());
  deps = sinkDeps(ledger, tenants);
});
beforeEach(() => void calls.splice(0));
afterAll(async () => {
  await deps.crms.close();
  await ledger.close();
  server.close();
});

/** One attempt by all steps, carried out as the sink does. */
async function attempt(event: NormalizedEvent, { behindSlow = false, waited }: Change = {}): Promise<Disposition> {
  const tenant = tenants.get(event.tenantId);
  if (tenant === undefined) throw new Error(`no tenant ${event.tenantId}`);
  const record = await buildRecord(deps.codec, event, { partition: 0, offset: (offset += 1n) });
  const incoming: IncomingDelivery =
    waited === undefined
      ? { from: "kafka", record, behindSlow, onKept: () => {} }
      : { from: "waiting", record, emailKey: null, pass: 0, attempts: {}, since: 0, code: "x", starts: waited.starts };
  const passage = { isolate: async () => {}, end: () => {} };
  const email = beginAttempt({ deps, incoming, passage }, event, tenant);
  const disposition = await deliver(email);
  await finishAttempt(email, disposition);
  return disposition;
}

const WRITTEN = ["POST /contacts", "POST /activities"];
/** Whatever opens the circuit: three emails that the CRM was away for. */
const open = async (tenant: string): Promise<void> => {
  for (const eventId of ["evt_1", "evt_2", "evt_3"])
    await ledger.circuits.recordOutage(
      tenant,
      "http",
      { eventId, probe: false, code: "http:503", retryAfterMs: 0 },
      () => 60_000,
    );
};

/** Each step that may end an email, and that it ends before the CRM is asked for anything. */
test.each<
  [
    what: string,
    before: (event: NormalizedEvent) => Promise<unknown>,
    change: Partial<NormalizedEvent>,
    given: Change,
    ends: object,
    calls: readonly string[],
  ]
>([
  ["a customer's email is written", async () => {}, {}, {}, { kind: "written" }, WRITTEN],
  [
    "what is written is passed over when its record is read again",
    async (event) => attempt(event),
    {},
    {},
    { kind: "skip", why: "already_ended" },
    [],
  ],
  [
    "the record of an email that waits is passed over",
    async (event) => attempt(event, { behindSlow: true }),
    {},
    {},
    { kind: "skip", why: "already_waiting" },
    [],
  ],
  [
    "an email that ended its process each time goes on alone twice, then not at all",
    async (event) => {
      await attempt(event, { behindSlow: true });
      for (let starts = 0; starts < 2; starts += 1)
        await ledger.deliveries.startIsolatedDelivery(event.tenantId, event.eventId);
    },
    {},
    { waited: { starts: 9 } },
    { kind: "deadLetter", reason: "crashed_process" },
    [],
  ],
  [
    "an email of a person who was erased since is written nowhere",
    async ({ tenantId }) => {
      const address = "ada@customers.example";
      await ledger.erasures.ask({ id: randomUUID(), tenant: tenantId, address, actor: "test", why: null });
    },
    { from: { name: "Ada", email: "Ada@Customers.example" } },
    {},
    { kind: "suppress", reason: "erased" },
    [],
  ],
  [
    "an email that came after its person's erasure is new mail",
    async ({ tenantId }) => {
      const address = "ada@customers.example";
      await ledger.erasures.ask({ id: randomUUID(), tenant: tenantId, address, actor: "test", why: null });
    },
    { from: { name: "Ada", email: "ada@customers.example" }, receivedAt: Date.now() + 86_400_000 },
    {},
    { kind: "written" },
    WRITTEN,
  ],
  [
    "a loop is suppressed",
    async () => {},
    { classification: { kind: "loop", reasons: [] } },
    {},
    { kind: "suppress", reason: "loop" },
    [],
  ],
  ["an email of no one", async () => {}, { from: null }, {}, { kind: "deadLetter", reason: "no_sender" }, []],
  [
    "an answer to an email that waits waits behind it",
    async ({ tenantId, conversationId }) =>
      attempt(buildEmail(tenantId, "earlier", { conversationId }), { behindSlow: true }),
    {},
    {},
    { kind: "park", code: "behind_conversation" },
    [],
  ],
  [
    "an operator holds the tenant's mail",
    async ({ tenantId }) => ledger.circuits.hold(tenantId, { why: null, actor: "ops" }),
    {},
    {},
    { kind: "park", code: "buffer_mode" },
    [],
  ],
  ["the CRM is away", async ({ tenantId }) => open(tenantId), {}, {}, { kind: "park", code: "circuit_open" }, []],
  [
    "the CRM is slow, and the tenant's places are taken",
    async () => {},
    {},
    { behindSlow: true },
    { kind: "park", code: "crm_slow" },
    [],
  ],
  [
    "the same email by another delivery goes to the records that are there",
    async (event) => attempt({ ...event, eventId: "evt_00000000000000000000000000000009" }),
    {},
    {},
    { kind: "suppress", reason: "duplicate_email", duplicateOf: "evt_00000000000000000000000000000009" },
    [],
  ],
])("%s", async (what, before, change, given, ends, asked) => {
  const id = `t${tenants.size}`;
  tenants.set(id, httpTenant(id, `http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const event = buildEmail(id, "ada", change);
  await before(event);
  calls.splice(0);
  expect(await attempt(event, given), what).toMatchObject(ends);
  expect(calls).toEqual(asked);
});
