import type { Grant, Ledger } from "@inlet/ledger";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import { ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { createSurroundings } from "@inlet/operations/testing";
import { fastify, type FastifyInstance } from "fastify";
import { createConsole, type ConsoleOptions } from "../src/console.ts";
import { toEffectId } from "../src/record-links.ts";
import type { Balance } from "../src/screen.ts";
import { buildHostileMime } from "./hostile-emails.ts";
import { createMemoryTries } from "./memory-tries.ts";
import { createMemoryContent, type MemoryContent } from "./memory-content.ts";

/** A console over a ledger in memory that holds a few emails, one of them hostile wherever a sender decides what stands there. */
export interface SeededConsole {
  readonly app: FastifyInstance;
  readonly ledger: Ledger;
  readonly database: Database;
  /** What operations act on; empty. */
  readonly kafka: InMemoryKafka;
  /** What its emails say; the hostile one has a content that is as hostile. */
  readonly content: MemoryContent;
  /** A machine's token with these grants. */
  createToken(...grants: Grant[]): Promise<string>;
  /** A signed-in person's cookie. */
  createSession(actor: string, ...grants: Grant[]): Promise<string>;
  close(): Promise<void>;
}

export const ORIGIN = "https://inlet.example";
/** A dead letter of acme whose sender is hostile. */
export const HOSTILE_EVENT = "evt_0123456789abcdef0123456789abcdef";
/** An email of globex that was written as CRM record c-77. */
export const WRITTEN_EVENT = "evt_other";
export const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;

export const SEARCH_KEY = "search-key-of-the-tests-0123456789";

const HOUR_MS = 3_600_000;

export const REPORT: Balance["report"] = {
  accepted: 12,
  written: 7,
  suppressed: 2,
  deadLettered: 1,
  discarded: 0,
  inFlight: 2,
  unread: 0,
  lag: { parser: 0, "crm-sink": 3 },
  tenants: {
    acme: { accepted: 5, written: 1, suppressed: 1, deadLettered: 1, discarded: 0, inFlight: 2 },
    globex: { accepted: 7, written: 6, suppressed: 1, deadLettered: 0, discarded: 0, inFlight: 0 },
  },
  lost: [{ tenant: "acme", eventId: HOSTILE_EVENT, state: "parsed", why: "no evidence" }],
  faults: [],
  notListed: 0,
  notes: [],
  holds: false,
  deep: false,
};

export async function openSeededConsole(
  options: Partial<Omit<ConsoleOptions, "content">> & { readonly content?: MemoryContent } = {},
): Promise<SeededConsole> {
  const content = options.content ?? createMemoryContent();
  const database = await openMemoryDatabase();
  const kafka = createInMemoryKafka();
  const ledger = ledgerOn(database);
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, reason, detail, source, source_kind, received_at, ended_at, sender_domain, message_id, trace_id, evidence, warnings, effects)
     values ('acme', $1, 'shared', 'dead_lettered', 'crm_rejected', $3, $3, 'signed-json', 1000, 5000, $3, $3, 'abc123', jsonb_build_object('deal', $3::text), jsonb_build_array($3::text), '[]'),
            ('globex', $2, 'shared', 'written', null, null, 'web', 'signed-json', 2000, 2500, 'globex.example', 'm@globex', null, '{}', '[]',
             '[{"effect":"contact","key":"k","recordId":"c-77","created":true}]')`,
    [HOSTILE_EVENT, WRITTEN_EVENT, HOSTILE],
  );
  await database.query(
    "insert into rate_buckets (tenant, crm, tokens, per_second, burst, at) values ('globex', 'hubspot', 80, 10, 100, now())",
  );
  await content.putEmail(database, { tenant: "acme", eventId: HOSTILE_EVENT, mime: buildHostileMime(HOSTILE) });
  const app = await createConsole({
    ledger,
    content,
    tries: createMemoryTries(),
    surroundings: createSurroundings(kafka),
    balance: () => ({ at: 5000, report: REPORT }),
    tracesUrl: "http://jaeger.example",
    recordLinks: {
      find: async (_, effects) =>
        new Map(effects.map((each) => [toEffectId(each), `https://crm.example/${each.effect}/${each.recordId}`])),
    },
    searchKey: SEARCH_KEY,
    now: () => 10_000,
    provider: null,
    providerOrigin: null,
    log: fastify().log,
    origin: ORIGIN,
    sessionMs: HOUR_MS,
    idleMs: HOUR_MS,
    trustedProxies: [],
    ...options,
  });
  return {
    app,
    ledger,
    database,
    kafka,
    content,
    createToken: async (...grants) =>
      (await ledger.access.createToken({ name: "test", grants, createdBy: "ada", ttlMs: null })).secret,
    createSession: async (actor, ...grants) =>
      (await ledger.access.createSession({ actor, grants, origin: null, ttlMs: HOUR_MS })).secret,
    close: async () => {
      await app.close();
      await ledger.close();
    },
  };
}
