import { openSeededConsole, HOSTILE_EVENT as DEAD, type SeededConsole } from "@inlet/console/testing/seeded-console.ts";
import { operateByApi, operateOn, type Operator } from "@inlet/cli";
import { ROLES } from "@inlet/domain";
import {
  addLegalHold,
  type AnyOperation,
  applyLanes,
  approveProposal,
  cancelJob,
  createReplay,
  createSignInLink,
  createToken,
  deadLetterWaiting,
  deleteView,
  discardDeadLetters,
  erasePerson,
  holdTenant,
  letTenantGo,
  lookAtDeadLetters,
  lookAtReplay,
  moveTenant,
  type Operation,
  OPERATIONS,
  pauseJob,
  releaseLegalHold,
  rejectProposal,
  replayDeadLetters,
  resumeJob,
  retryEmail,
  retryWaiting,
  revokeToken,
  saveView,
  sweepNow,
} from "@inlet/operations";
import { createSurroundings } from "@inlet/operations/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const GRANTS = Object.keys(ROLES).map((role) => ({ role, tenant: "*" }));
const WAITING = "evt_waits";
const SEED = `
  insert into jobs (id, kind, service, lane, name, actor) values ('job_1', 'replay', 'crm-sink', 'shared', 'after the mapping', 'ada');
  insert into access_tokens (id, name, hash, grants, created_by) values ('tok_old', 'old', 'old', '[]', 'ada');
  insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at, evidence, warnings, effects)
    values ('acme', '${WAITING}', 'shared', 'waiting', 'web', 'signed-json', 1000, '{}', '[]', '[]');
  insert into waiting (tenant, event_id, lane, stage, kind, code, due_at, topic, partition, "offset", record_timestamp, headers, order_parsed_at, pass, attempt, value)
    values ('acme', '${WAITING}', 'shared', 'deliver', 'retry', 'quota', now() + interval '1 hour', 'normalized-events', 0, 0, 1000, '[]', 1000, 1, 0, 'x');`;

/** One console is asked by its API, the other one's ledger by the command on its machine. */
let remote: SeededConsole;
let local: SeededConsole;
let byApi: Operator;
let onLedger: Operator;

beforeAll(async () => {
  const open = async () => {
    const surroundings = createSurroundings();
    const producer = await surroundings.memoryKafka.producer();
    await producer.send({ topic: "normalized-events", key: "k", value: Buffer.from("x"), headers: [] });
    const console_ = await openSeededConsole({ surroundings });
    await console_.database.query(SEED);
    return { console_, surroundings };
  };
  const [one, two] = [await open(), await open()];
  remote = one.console_;
  local = two.console_;
  const token = await remote.createToken(...GRANTS);
  byApi = operateByApi({ url: "https://inlet.example", token }, async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url);
    const answer = await remote.app.inject({
      method: method as "GET" | "POST",
      url: `${pathname}${search}`,
      headers: headers as Record<string, string>,
      ...(typeof body === "string" ? { payload: body } : {}),
    });
    return new Response(answer.body, { status: answer.statusCode, headers: { "content-type": "application/json" } });
  });
  onLedger = operateOn(
    { ...two.surroundings, ledger: local.ledger, now: () => 10_000 },
    { name: "ana@desk", kind: "local", grants: GRANTS },
  );
});
afterAll(async () => Promise.all([remote.close(), local.close()]));

/** In their order: each finds what the ones before it left. */
const CASES: readonly (readonly [operation: unknown, body: object])[] = [
  [holdTenant, { tenant: "acme", why: "migration" }],
  [holdTenant, { tenant: "acme" }],
  [holdTenant, { tenant: "nowhere" }],
  [letTenantGo, { tenant: "acme" }],
  [pauseJob, { id: "job_1" }],
  [pauseJob, { id: "job_1" }],
  [resumeJob, { id: "job_1" }],
  [cancelJob, { id: "job_1" }],
  [cancelJob, { id: "job_2" }],
  [retryEmail, { tenant: "acme", eventId: WAITING }],
  [retryEmail, { tenant: "acme", eventId: "evt_none" }],
  [retryWaiting, { tenant: "acme", reason: "quota" }],
  [retryWaiting, {}],
  [deadLetterWaiting, { eventIds: [WAITING], why: "spam run" }],
  [deadLetterWaiting, { eventIds: ["evt_none"], why: "spam run" }],
  [deadLetterWaiting, { all: true }],
  [replayDeadLetters, { reason: "crm_rejected", since: "1970-01-01", why: "it is back", rate: 20 }],
  [replayDeadLetters, { reason: "crm_rejected", since: "1970-01-01" }],
  [replayDeadLetters, { eventIds: [DEAD] }],
  [replayDeadLetters, { eventIds: ["evt_none"] }],
  [replayDeadLetters, { reason: "no_such_reason" }],
  [discardDeadLetters, { eventIds: [DEAD], why: "spam" }],
  [discardDeadLetters, { all: true, why: "spam" }],
  [createReplay, { since: "earliest", tenant: "acme", why: "new mapping", name: "again" }],
  [createReplay, { since: "earliest", tenant: "acme" }],
  [createReplay, { since: "yesterday" }],
  [lookAtReplay, { since: "earliest", tenant: "acme" }],
  [lookAtReplay, { since: "earliest", live: true }],
  [lookAtDeadLetters, { tenant: "acme" }],
  [lookAtDeadLetters, { eventIds: ["evt_1"] }],
  [applyLanes, {}],
  [moveTenant, { tenant: "acme", isolation: "dedicated", force: true }],
  [moveTenant, { tenant: "initech", isolation: "dedicated" }],
  [erasePerson, { tenant: "acme", address: "Ada@Customers.example", why: "asked by letter" }],
  [erasePerson, { tenant: "acme", address: "no address" }],
  [erasePerson, { tenant: "nowhere", address: "ada@customers.example" }],
  [addLegalHold, { tenant: "acme", address: "ada@customers.example", from: "1970-01-01", why: "litigation" }],
  [addLegalHold, { tenant: "acme", why: "" }],
  [releaseLegalHold, { id: "none" }],
  [sweepNow, {}],
  [createToken, { name: "nightly", grants: ["process:acme"], ttl: "90d" }],
  [createToken, { name: "nightly", grants: ["root"] }],
  [revokeToken, { id: "tok_old" }],
  [revokeToken, { id: "tok_old" }],
  [approveProposal, { id: "prp_none" }],
  [rejectProposal, { id: "prp_none" }],
  [saveView, { name: "dead of acme", query: "state=dead_lettered&tenant=acme", shared: true }],
  [saveView, { name: "", query: "state=sent" }],
  [deleteView, { id: "view_none" }],
  [createSignInLink, { for: "bruno", grants: ["process:acme"], ttl: "12h" }],
];

describe("inlet by the console's API and on the machine itself", () => {
  it.each(CASES.map(([operation, body]) => [(operation as AnyOperation).name, body, operation] as const))(
    "%s %j: the same answer, the same rows, the same audit but for who did it",
    async (_, body, operation) => {
      const ask = async (operator: Operator) =>
        operator.call(operation as Operation<unknown, object>, body).then(
          (result) => ({ result }),
          (error: Error & { code?: string }) => ({ code: error.code, message: error.message }),
        );
      const [answeredByApi, answeredHere] = [await ask(byApi), await ask(onLedger)];
      expect(normalize(answeredByApi)).toEqual(normalize(answeredHere));
      expect(await readRows(remote)).toEqual(await readRows(local));
      expect(await readNewAudit(remote)).toEqual(await readNewAudit(local));
    },
  );

  it("every operation stands in the table", () => {
    const named = new Set(CASES.map(([operation]) => (operation as AnyOperation).name));
    expect(OPERATIONS.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });
});

/** What is drawn at random, the clock's, or names who did it. */
function normalize(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(
      /"(at|askedAt|startedAt|endedAt|asked_at|started_at|ended_at|since|due_at|acceptedAt|person|ended_at|expires_at|created_at|createdAt|revoked_at|hash|asOf)":("[^"]*"|[\d.]+)/g,
      '"$1":"…"',
    )
    .replaceAll(/dlq_[0-9a-f]{10}|dry_[0-9a-f]{10}|move_[0-9a-f]{10}|tok_[0-9a-f-]{36}|view_[\w-]{10,}/g, "ID")
    .replaceAll(/"(id|job)":"[0-9a-f]{10}"/g, '"$1":"ID"')
    .replaceAll(/\b[0-9a-f]{10}\b/g, "ID")
    .replaceAll(/inlet_[\w-]{43}|link\/[\w-]{43}/g, "SECRET")
    .replaceAll(/token:test|ana@desk/g, "WHO");
  return JSON.parse(text) as unknown;
}

const TABLES = ["jobs", "buffers", "waiting", "deliveries", "access_tokens", "sign_in_links", "journey"];

async function readRows({ database }: SeededConsole): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const table of TABLES) {
    const found = await database.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from ${table} t`);
    const kept = found
      .map(({ row }) => row)
      // The token by which the API is asked.
      .filter((row) => row["name"] !== "test")
      .map(({ discarded_since: _, seq: __, ...row }) => normalize(row));
    rows[table] = kept.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return rows;
}

const seen = new Map<SeededConsole, number>();

async function readNewAudit(of: SeededConsole): Promise<unknown> {
  const entries = (await of.ledger.auditLog.list({ limit: 1_000 }))
    .filter(({ detail }) => detail["name"] !== "test")
    .toReversed();
  const before = seen.get(of) ?? 0;
  seen.set(of, entries.length);
  return normalize(
    entries.slice(before).map(({ action, actor, tenant, detail }) => ({ action, actor, tenant, detail })),
  );
}
