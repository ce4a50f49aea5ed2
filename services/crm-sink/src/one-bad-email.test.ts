import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TenantConfig } from "@inlet/config";
import type { Ledger } from "@inlet/ledger";
import { age, ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SinkDeps } from "./attempt.ts";
import { handleRecord } from "./intake/handle-record.ts";
import { probeCircuits } from "./gates/probe-circuits.ts";
import { buildEmail, httpTenant, buildRecord } from "../testing/emails.ts";
import { sinkDeps } from "../testing/sink-deps.ts";

/**
 * One bad email (issue 12, 3): every answer that a CRM, or what stands before it, can give; met by one email only, by every email though
 * the CRM answers a ping, and by anyone who calls. The sink's own pipeline over a real ledger (PGlite) and a real HTTP client; waits pass by
 * making the ledger older.
 */
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  return (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};
const html = (status: number, headers: Record<string, string> = {}): Answer => {
  return (response) =>
    response.writeHead(status, { "content-type": "text/html", ...headers }).end("<h1>Request blocked</h1>");
};

const NO_ANSWER: Answer = () => {};

/** `ends`: what all meet is for each email's record, for good; everything else waits as long as all meet it. */
const ANSWERS: readonly (readonly [name: string, answer: Answer, ends?: true])[] = [
  ["301", html(301, { location: "/elsewhere" })],
  ["302 to a login page", html(302, { location: "/login" })],
  ["400", json(400, { message: "no" }), true],
  ["401", json(401, { message: "no" })],
  ["402", json(402, { message: "no" })],
  ["403 of a firewall", html(403)],
  ["404 of a proxy", html(404)],
  ["404 about a record", json(404, { message: "no" }), true],
  ["405", html(405)],
  ["406", html(406)],
  ["408", html(408)],
  ["409", json(409, { message: "there" })],
  ["410 of a proxy", html(410)],
  ["413", html(413), true],
  ["415", json(415, { message: "no" })],
  ["418", json(418, {}), true],
  ["422", json(422, { message: "no" }), true],
  ["423", json(423, {})],
  ["425", html(425)],
  ["429", json(429, {})],
  ["429 with Retry-After", json(429, {}, { "retry-after": "120" })],
  ["429 until the year 9999", json(429, {}, { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" })],
  ["431", html(431), true],
  ["451", html(451), true],
  ["500", json(500, { message: "oops" })],
  ["502 page", html(502)],
  ["503 with Retry-After", html(503, { "retry-after": "999999999" })],
  ["504", html(504)],
  ["520", html(520)],
  ["599", html(599)],
  ["a reset before the answer", (_, request) => request.socket.destroy()],
  [
    "a reset within the answer",
    (response, request) => {
      response.writeHead(200, { "content-length": "1000" }).write("{");
      setTimeout(() => request.socket.destroy(), 5);
    },
  ],
  ["no answer", NO_ANSWER],
  ["200 of a login page", html(200)],
  ["200 with broken JSON", (response) => response.writeHead(200).end('{"id": ')],
  ["200 with an empty body", (response) => response.writeHead(200).end()],
  ["200 without an id", json(200, { ok: true })],
  ["200 with an id of null", json(200, { id: null })],
  ["200 with a list", json(200, [])],
  ["204", (response) => response.writeHead(204).end()],
];

let server: Server;
let ledger: Ledger;
let deps: SinkDeps;
let ageAll: (ms: number) => Promise<void>;
const tenants = new Map<string, TenantConfig>();
/** By tenant: whether a request meets the answer. */
type Meets = (path: string, body: string) => boolean;
const faults = new Map<string, { readonly answer: Answer; readonly meets: Meets }>();
let calls: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const [, tenant = "", path = ""] = (request.url ?? "").split("/");
      calls.push(`${tenant} ${path}`);
      const fault = faults.get(tenant);
      if (fault?.meets(path, body) === true) fault.answer(response, request);
      else json(200, { id: `${path}-1` })(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  ageAll = async (ms) => age(database, ms);
  deps = sinkDeps(ledger, tenants);
  await liveThrough();
}, 900_000);
afterAll(async () => {
  await deps.crms.close();
  server.closeAllConnections();
  server.close();
  await ledger.close();
});

/** At once, or at its last attempt. */
const REFUSED = ["crm_rejected", "retries_exhausted"];

/** The CRM's ping meets these as well. */
const AWAY = ["401", "403 of a firewall", "429 with Retry-After", "500", "a reset before the answer", "no answer"];

describe.each(ANSWERS.map(([name, , ends], at) => ({ name, at, ends: ends === true })))(
  "item 3: $name",
  ({ at, ends }) => {
    it("met by one email only: it ends, its tenant's other mail is written at once, and the circuit stays closed", () => {
      const { atOnce, circuits, later, reasons } = seen(`one-${at}`);
      expect(atOnce.slice(1)).toEqual(["written", "written", "written"]);
      expect(circuits).not.toContain(true);
      expect(later[0]).toBe("dead_lettered");
      expect(REFUSED).toContain(reasons[0]);
    });

    it("met by both emails of a tenant that has only two, though the CRM answers a ping: no attempt ends them, the circuit stays closed, and both are written afterwards", () => {
      const { mails, circuits, later, atLast, reasons } = seen(`all-${at}`);
      expect(circuits).not.toContain(true);
      if (ends) for (const reason of reasons) expect(REFUSED).toContain(reason);
      else expect(later).toEqual(mails.map(() => "waiting"));
      expect(atLast).toEqual(mails.map(() => (ends ? "dead_lettered" : "written")));
    });
  },
);

describe.each(AWAY)("item 3: %s, to the ping as well", (name) => {
  it("one email is enough to open the circuit; it costs no attempt, only pings are sent, and one that is answered closes it", () => {
    const { circuits, calls, later, atLast, attempts } = seen(`away-${AWAY.indexOf(name)}`);
    expect(circuits.at(-1)).toBe(true);
    expect(later).toEqual(["waiting"]);
    // L8: of the last rounds.
    expect(new Set(calls)).toEqual(new Set(["ping"]));
    expect(atLast).toEqual(["written"]);
    expect(attempts).toEqual([0]);
  });
});

it("item 3: a tenant whose CRM is well notices nothing of the others", () => {
  expect(seen("well").atOnce).toEqual(NAMES.map(() => "written"));
});

/** The first of them is the bad one, where one is. */
const NAMES = ["poison", "ada", "bob", "eve"];

interface Seen {
  readonly mails: readonly string[];
  /** States: when all had come once, after two hours, and when the CRM had been well for an hour. */
  atOnce: (string | undefined)[];
  later: (string | undefined)[];
  atLast: (string | undefined)[];
  reasons: (string | null | undefined)[];
  attempts: (number | undefined)[];
  /** Whether the circuit was open, round by round. */
  readonly circuits: boolean[];
  /** Paths that were called in the last of the two hours. */
  calls: string[];
}
const all = new Map<string, Seen>();
const seen = (tenant: string): Seen => all.get(tenant) as Seen;

/** All cases live through the same two hours and more, side by side: what an instance trusts is a second old, and is waited for once. */
async function liveThrough(): Promise<void> {
  const begin = async (
    tenant: string,
    names: readonly string[],
    answer: Answer | null,
    meets: Meets,
  ): Promise<void> => {
    newTenant(tenant, answer === NO_ANSWER);
    if (answer !== null) faults.set(tenant, { answer, meets });
    const mails: string[] = [];
    for (const name of names) mails.push(await arrive(tenant, name));
    const atOnce = await getStates(tenant, mails);
    all.set(tenant, { mails, atOnce, later: [], atLast: [], reasons: [], attempts: [], circuits: [], calls: [] });
  };
  const begins: { readonly tenant: string; readonly run: () => Promise<void> }[] = [];
  const add = (tenant: string, names: readonly string[], answer: Answer | null, meets: Meets): void => {
    if (answer === NO_ANSWER) hanging.add(tenant);
    begins.push({ tenant, run: async () => begin(tenant, names, answer, meets) });
  };
  for (const [at, [, answer]] of ANSWERS.entries()) {
    add(`one-${at}`, NAMES, answer, (_, body) => body.includes("poison"));
    // As few as there can be: that the second one fails as well shows that it is the CRM.
    add(`all-${at}`, NAMES.slice(0, 2), answer, (path) => path !== "ping");
  }
  for (const [at, name] of AWAY.entries()) {
    const [, answer] = ANSWERS.find(([each]) => each === name) ?? [];
    add(`away-${at}`, ["ada"], answer ?? null, () => true);
  }
  add("well", NAMES, null, () => false);
  await fewAtATime(begins, async ({ run }) => run());
  for (let round = 0; round < 8; round += 1) {
    if (round === 5) calls = [];
    await passTime();
    for (const [tenant, { circuits }] of all) circuits.push((await ledger.circuits.read(tenant, "http")).open);
  }
  for (const [tenant, one] of all) {
    one.later = await getStates(tenant, one.mails);
    one.calls = calls.flatMap((call) => (call.startsWith(`${tenant} `) ? [call.slice(tenant.length + 1)] : []));
  }
  faults.clear();
  for (let round = 0; round < 4; round += 1) await passTime();
  for (const [tenant, one] of all) {
    one.atLast = await getStates(tenant, one.mails);
    const deliveries = await Promise.all(one.mails.map(async (eventId) => ledger.inspect.delivery(tenant, eventId)));
    one.reasons = deliveries.map((delivery) => delivery?.reason);
    one.attempts = deliveries.map((delivery) => delivery?.attempt);
  }
}

/** Tenants whose calls are answered soon or time out: while theirs are under way, nothing else keeps this process busy. */
const hanging = new Set<string>();

/** A machine that is busy with all of them at once would time out by itself. */
async function fewAtATime<T extends { readonly tenant: string }>(
  works: readonly T[],
  run: (work: T) => Promise<void>,
): Promise<void> {
  await Promise.all(works.filter(({ tenant }) => hanging.has(tenant)).map(run));
  const left = works.filter(({ tenant }) => !hanging.has(tenant));
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: 6 }, work));
}

/** Lets sixteen minutes pass by the ledger's clock, and tries what is due. */
async function passTime(): Promise<void> {
  await ageAll(16 * 60_000);
  // What an instance trusts of a CRM and its circuit is a second old at most.
  await sleep(1_100);
  // One round, with all of its pings.
  await probeCircuits(deps, ["shared"]).stop();
  const take = {
    stage: "deliver",
    lanes: ["shared"],
    owner: "sink/1",
    leaseMs: 60_000,
    perTenant: 16,
    limit: 64,
  } as const;
  const taken = new Set<string>();
  for (;;) {
    const due = (await ledger.waiting.take(take)).filter(({ tenant, eventId }) => !taken.has(`${tenant} ${eventId}`));
    if (due.length === 0) return;
    await fewAtATime(due, async ({ record: stored, ...email }) => {
      const { tenant, eventId } = email;
      const record = { ...stored, value: stored.value as Buffer };
      taken.add(`${tenant} ${eventId}`);
      await handleRecord(deps, { from: "waiting", ...email, record });
    });
  }
}

async function getStates(tenant: string, events: readonly string[]): Promise<(string | undefined)[]> {
  const states = await ledger.inspect.states(events.map((eventId) => ({ tenant, eventId })));
  return events.map((eventId) => states.get(`${tenant}/${eventId}`));
}

function newTenant(id: string, hangs: boolean): void {
  const { port } = server.address() as AddressInfo;
  tenants.set(id, httpTenant(id, `http://127.0.0.1:${port}/${id}`, hangs ? "2s" : "8s"));
}

/** The email comes from Kafka; its event id. */
async function arrive(tenant: string, name: string): Promise<string> {
  const event = buildEmail(tenant, name);
  const record = await buildRecord(deps.codec, event);
  await handleRecord(deps, { from: "kafka", record, behindSlow: false, onKept: () => {} });
  return event.eventId;
}
