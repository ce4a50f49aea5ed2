import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readTenant, type TenantConfig } from "@inlet/config";
import type { Disposition } from "@inlet/service";
import { openLedger, type Ledger } from "@inlet/ledger";
import { buildConversationId, buildEmailKey, topicIn, type NormalizedEvent } from "@inlet/schemas";
import { createMemoryBlobStore } from "@inlet/blob-store";
import type { DeliveryAttempt, IncomingDelivery } from "@inlet/crm-sink/src/attempt.ts";
import { finishAttempt } from "@inlet/crm-sink/src/finish/finish-attempt.ts";
import { beginAttempt } from "@inlet/crm-sink/src/intake/begin-attempt.ts";
import { deliver } from "@inlet/crm-sink/src/pipeline.ts";
import { sinkDeps } from "@inlet/crm-sink/testing/sink-deps.ts";
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
  const deps = sinkDeps(ledger, new Map(), {
    // What is stored of an email is not looked at here.
    blobs: { ...createMemoryBlobStore(), get: async () => Buffer.from("bytes of a file") },
    instance: `crm-sink/${randomUUID()}`,
    log: { debug: log, info: log, warn: log, error: log },
    now,
    random: Math.random,
  });
  let offset = 0n;
  let threads = 0;
  /** Under which code an email waits. */
  const waitingFor = new Map<string, string>();

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
      offset += 1n;
      const record = {
        topic: topicIn("normalizedEvents", "shared"),
        partition: 0,
        offset,
        timestamp: now(),
        key: null,
        value: Buffer.alloc(0),
        headers: [],
      };
      const code = waitingFor.get(event.eventId);
      const incoming: IncomingDelivery =
        code === undefined
          ? { from: "kafka", behindSlow: false, onKept: () => {}, record }
          : { from: "waiting", emailKey: null, pass: 0, attempts: {}, since: now(), code, starts: 1, record };
      const passage = { isolate: async () => {}, end: () => {} };
      const email = beginAttempt({ deps, incoming, passage }, event, config);
      // Far away: a busy machine takes seconds for an email that takes a tenth of one.
      email.deadline = performance.now() + ATTEMPT_MS;
      const delivered = await deliver(email);
      await finishAttempt(email, delivered);
      if (delivered.kind === "retry" || delivered.kind === "park") waitingFor.set(event.eventId, delivered.code);
      else waitingFor.delete(event.eventId);
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
    takeUp: ({ eventId }) => void waitingFor.set(eventId, "taken_up"),
    remap: (more) => {
      config = buildConfig(more);
    },
    close: async () => {
      await deps.crms.close();
      await ledger.close();
    },
  };
  return steps;
}
