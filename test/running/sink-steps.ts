import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readTenant, type TenantConfig } from "@inlet/config";
import { countAttempts } from "@inlet/domain";
import type { Disposition } from "@inlet/service";
import { openLedger, type Ledger } from "@inlet/ledger";
import { buildConversationId, buildEmailKey, type NormalizedEvent } from "@inlet/schemas";
import { createEffectTracker } from "@inlet/crm-sink/src/write/effect-tracker.ts";
import type { DeliveryAttempt, SinkDeps } from "@inlet/crm-sink/src/attempt.ts";
import { createMemoryBudget } from "@inlet/crm-sink/src/intake/memory-budget.ts";
import { deliver } from "@inlet/crm-sink/src/pipeline.ts";
import { createCrmConnections } from "@inlet/crm-sink/src/crm/crm-connections.ts";
import { normalizedEmail } from "../bench/normalized-emails.ts";

/** The sink's steps on a ledger and a CRM of the test's, one email at a time, without Kafka around them. */
export interface SinkSteps {
  readonly tenant: string;
  readonly ledger: Ledger;
  readonly logged: object[];
  /** A new email; the same `thread` and sender answer the one before. */
  email(changed: Partial<NormalizedEvent> & { readonly thread?: string; readonly place?: number }): NormalizedEvent;
  /** One try; what it came to is in the ledger. `warnings` are those of the try. What another sink of the tenant left waiting is taken up by {@link SinkSteps.takeUp}. */
  deliver(event: NormalizedEvent): Promise<Tried>;
  /** Tries until it ends otherwise than by waiting for another email's write. */
  deliverInTurn(event: NormalizedEvent): Promise<Tried>;
  /** The email waits: its next try is of the waiting row. */
  takeUp(event: NormalizedEvent): void;
  /** The tenant's file has changed: `more` takes the place of the former. */
  remap(more: string): void;
  close(): Promise<void>;
}

/** So long an attempt may take, ms. */
const ATTEMPT_MS = 120_000;

export type Tried = Disposition & {
  readonly warnings: readonly string[];
  readonly evidence: DeliveryAttempt["evidence"];
  readonly notifications: DeliveryAttempt["notifications"];
  readonly records: Readonly<Record<string, string | null>>;
};

export async function sinkSteps(
  crm: string,
  options: {
    readonly tenant?: string;
    readonly more?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Closed with the steps; the one of the local stack where none is given. */
    readonly ledger?: Ledger;
    /** The wall clock of this sink's machine, epoch ms. */
    readonly now?: () => number;
  } = {},
): Promise<SinkSteps> {
  const { tenant = `t-${randomUUID().slice(0, 12)}`, env = {}, now = Date.now } = options;
  const ledger = options.ledger ?? openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" });
  await ledger.migrate();
  const buildConfig = (more: string): TenantConfig => {
    const text = `name: Acme
sources: { web: { kind: signed-json, secrets: [env:SECRET] } }
${more.includes("mailboxes:") ? "" : "mailboxes: { sales: { addresses: [sales@inlet.example] } }"}
${more}
${crm}`;
    const read = readTenant(tenant, text, {
      where: "config/tenants/acme.yaml",
      env: { SECRET: "open-sesame-0123456789", CRM_TOKEN: "token-of-demo", ...env },
      baseDir: "config/tenants",
    });
    if (read.tenant === null) throw new Error(JSON.stringify(read.faults));
    // Which calls wait for tokens, and which go together instead, hangs on the machine: no quota stands in the way here.
    return { ...read.tenant, crm: { ...read.tenant.crm, quota: { perSecond: 1_000, burst: 1_000 } } };
  };
  let config = buildConfig(options.more ?? "");
  const logged: object[] = [];
  const log = (fields: object, message: string): void => void logged.push({ ...fields, message });
  const crms = createCrmConnections({
    ledger,
    log: { debug: log, info: log, warn: log, error: log },
    random: Math.random,
    failpoint: () => {},
  });
  const deps = {
    ledger,
    crms,
    blobs: { get: async () => Buffer.from("bytes of a file") },
    instance: `crm-sink/${randomUUID()}`,
    log: { debug: log, info: log, warn: log, error: log },
    now,
    monotonic: () => performance.now(),
    random: Math.random,
    failpoint: () => {},
    memory: createMemoryBudget(64 * 1024 * 1024),
    slowMs: ATTEMPT_MS,
  } as unknown as SinkDeps;
  let offset = 0n;
  let threads = 0;
  const waitingIds = new Set<string>();

  const steps: SinkSteps = {
    tenant,
    ledger,
    logged,
    email: ({ thread = `thread-${(threads += 1)}`, place = 0, ...changed }) => {
      const base = normalizedEmail({ tenant, run: randomUUID(), conversation: thread, place }, now());
      const messageId = `${randomUUID()}@customers.example`;
      const from = changed.from ?? base.from;
      const identity = {
        messageId,
        from: from?.email ?? "",
        dateAsSent: null,
        subject: null,
        contentHash: base.contentHash,
      };
      return {
        ...base,
        messageId,
        emailKey: buildEmailKey(tenant, identity),
        conversationId: buildConversationId(tenant, thread),
        inReplyTo: null,
        references: [],
        ...changed,
      };
    },
    deliver: async (event) => {
      const tenantCrm = crms.of(config);
      const owner = `${deps.instance}/${randomUUID()}`;
      offset += 1n;
      const record = {
        topic: "normalized-events",
        partition: 0,
        offset,
        timestamp: now(),
        key: null,
        value: Buffer.alloc(0),
      };
      const email = {
        deps,
        incoming: {
          ...(waitingIds.has(event.eventId)
            ? { from: "waiting", pass: 0, attempts: {}, since: now(), starts: 1 }
            : { from: "kafka", behindSlow: false, onKept: () => {} }),
          record: { ...record, headers: [] },
        },
        event,
        tenant: config,
        crm: tenantCrm,
        owner,
        startedAt: performance.now(),
        effects: createEffectTracker(() => tenantCrm.key, owner),
        // Far away: a busy machine takes seconds for an email that takes a tenth of one.
        deadline: performance.now() + ATTEMPT_MS,
        pass: 0,
        attempts: {},
        starts: 1,
        passage: { isolate: async () => {}, end: () => {} },
        conversationId: event.conversationId,
        sentMessages: [],
        stopSpilling: async () => {},
        isolated: false,
        renewed: false,
        warnings: [],
        changes: [],
        notifications: [],
        evidence: {},
        summary: [],
      } as unknown as DeliveryAttempt;
      const delivered = await deliver(email);
      await finish(ledger, email, delivered, now());
      if (delivered.kind === "retry" || delivered.kind === "park") waitingIds.add(event.eventId);
      else waitingIds.delete(event.eventId);
      const records = Object.fromEntries(email.summary.map(({ effect, recordId }) => [effect, recordId]));
      const { warnings, evidence, notifications } = email;
      return { ...delivered, warnings, evidence, notifications, records };
    },
    deliverInTurn: async (event) => {
      for (;;) {
        const tried = await steps.deliver(event);
        if (tried.kind !== "retry" || tried.attempt !== null) return tried;
        await sleep(50);
      }
    },
    takeUp: ({ eventId }) => void waitingIds.add(eventId),
    remap: (more) => {
      config = buildConfig(more);
    },
    close: async () => {
      await crms.close();
      await ledger.close();
    },
  };
  return steps;
}

/** As the sink carries an outcome out, short of Kafka. */
async function finish(ledger: Ledger, email: DeliveryAttempt, delivered: Disposition, endedAt: number): Promise<void> {
  if (delivered.kind === "skip") return;
  const { event } = email;
  const base = {
    tenant: event.tenantId,
    eventId: event.eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt: event.parsedAt,
    pass: email.pass,
    attempt: countAttempts(email.attempts),
    effects: email.effects.ends(),
  } as const;
  if (delivered.kind === "retry" || delivered.kind === "park")
    return ledger.deliveries.finish({ ...base, to: waiting(email, delivered.code) });
  const state =
    delivered.kind === "written" ? "written" : delivered.kind === "suppress" ? "suppressed" : "dead_lettered";
  await ledger.deliveries.finish({
    ...base,
    to: {
      state,
      reason: "reason" in delivered ? delivered.reason : null,
      detail: "detail" in delivered ? delivered.detail : null,
      duplicateOf: null,
      warnings: email.warnings,
      evidence: email.evidence,
      summary: email.summary,
      contentHash: event.contentHash,
      mappingVersion: email.tenant.mappingVersion,
      deadLetter: null,
      endedAt,
      outbox: { topic: "outcomes", key: event.eventId, value: Buffer.alloc(0), headers: [] },
    },
  });
}

function waiting(email: DeliveryAttempt, code: string) {
  const { record } = email.incoming;
  return {
    state: "waiting",
    kind: "retry",
    code,
    delayMs: 0,
    lane: email.event.lane,
    conversationId: email.conversationId,
    record: { ...record, value: Buffer.alloc(0) },
  } as const;
}
