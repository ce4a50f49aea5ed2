import type { TenantConfig } from "@inlet/config";
import { openOwned } from "@inlet/event-codec";
import type { KafkaRecord } from "@inlet/kafka";
import type { Ledger } from "@inlet/ledger";
import { draw, type BucketState } from "@inlet/resilience";
import { createReplayPace, type Disposition, type ReplayPace } from "@inlet/service";
import type { SinkDeps } from "../attempt.ts";
import { listLimits } from "../crm/unit-buckets.ts";
import { createCrmConnections } from "../crm/crm-connections.ts";
import { beginAttempt } from "../intake/begin-attempt.ts";
import { attempt } from "../intake/handle-record.ts";
import { toReplayResult, type Change, type ReplayResult } from "./change.ts";
import { createDryCrm, type CallCount } from "./dry-crm.ts";
import { findUnchanged } from "./find-unchanged.ts";
import { createWouldBeEffects } from "./would-be-effects.ts";

/** What a replay would do with one email. */
export interface DeliveryPreview {
  readonly tenant: string;
  readonly eventId: string;
  readonly emailKey: string | null;
  readonly result: ReplayResult;
  /** Of one that would be suppressed, dead-lettered or wait. */
  readonly reason: string | null;
  readonly detail: string | null;
  readonly changes: readonly Change[];
  /** Why there: what each match was found by. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  /** Requests that the replay would make; a dry run makes those that only read. */
  readonly calls: number;
}

export interface Previewer {
  /** In the order of the records. Rejects on faults of Inlet's infrastructure. */
  preview(records: readonly KafkaRecord[]): Promise<DeliveryPreview[]>;
  /** Requests that were made to look. */
  reads(): number;
  close(): Promise<void>;
}

/** `dry`: answers as the ledger and keeps nothing. Its grants are the ledger's own: a token that is renewed must not be lost. */
export type DryLedger = SinkDeps["ledger"] & Pick<Ledger, "close">;

/**
 * Takes records through the very steps of a delivery, over a ledger that keeps nothing and CRMs that are only read: what it says is what a replay
 * does, as long as nothing changes in between. Nothing is written anywhere.
 */
export function createPreviewer(deps: Omit<SinkDeps, "crms" | "ledger" | "producer">, ledger: DryLedger): Previewer {
  const count: CallCount = { planned: 0, read: 0 };
  const effects = createWouldBeEffects(ledger.effects.claim);
  const dry = { ...ledger, effects: { ...ledger.effects, claim: effects.claim } };
  const { log, random, failpoint } = deps;
  const crms = createCrmConnections({
    ledger: dry,
    log,
    random,
    failpoint,
    through: (crm) => createDryCrm(crm, count),
  });
  const producer = {
    send: async () => Promise.reject(new Error("a dry run produces nothing")),
    close: async () => {},
  };
  // What it reads is within the replays' share, too; nothing of that is kept either.
  const paces = new Map<string, ReplayPace>();
  const pay = async (tenant: TenantConfig, requests: number): Promise<void> => {
    const pace =
      paces.get(tenant.id) ??
      createReplayPace(tenant.id, listLimits(tenant, crms.of(tenant).adapter), { quota: createMemoryQuota() });
    paces.set(tenant.id, pace);
    pace.charge({ requests });
    await pace.turn(new AbortController().signal);
  };
  const own: SinkDeps = { ...deps, ledger: dry, crms, producer };

  const previewOne = async (record: KafkaRecord): Promise<DeliveryPreview> => {
    const owned = await openOwned(own.codec, "NormalizedEvent", record);
    if (owned.kind === "foreign")
      return ended({ tenant: owned.tenant, eventId: owned.eventId, emailKey: null }, "unreadable_record", owned.why);
    const { event } = owned;
    const ids = { tenant: event.tenantId, eventId: event.eventId, emailKey: event.emailKey };
    const tenant = own.tenants.get(event.tenantId);
    if (tenant === undefined) return ended(ids, "unknown_tenant", "no tenant file has this id");
    const before = { ...count };
    const passage = await own.isolation.begin();
    const incoming = {
      from: "kafka",
      record,
      behindSlow: false,
      onKept: () => {},
      replay: { charge: () => {}, ended: () => {} },
    } as const;
    const email = beginAttempt({ deps: own, incoming, passage }, event, tenant);
    try {
      const disposition = await attempt(email);
      effects.keep(event.tenantId, event.eventId, email.effects.ends());
      return {
        ...ids,
        result: toReplayResult(disposition, email.changes),
        ...describeEnd(disposition),
        changes: email.changes,
        evidence: email.evidence,
        warnings: email.warnings,
        calls: count.planned - before.planned,
      };
    } finally {
      passage.end();
      await pay(tenant, count.read - before.read);
    }
  };

  return {
    preview: async (records) => {
      const known = await findUnchanged(own, records);
      const previews: DeliveryPreview[] = [];
      for (const [index, record] of records.entries()) {
        const { result, ...ids } = known[index] ?? { tenant: "", eventId: "", emailKey: null };
        previews.push(result === undefined ? await previewOne(record) : { ...ids, ...NOTHING, result });
      }
      return previews;
    },
    reads: () => count.read,
    close: async () => crms.close(),
  };
}

/** Buckets of this process alone. */
function createMemoryQuota(): Pick<Ledger["quota"], "draw"> {
  const buckets = new Map<string, BucketState>();
  return {
    draw: async ({ crm, perSecond, burst, need, want, maxWaitMs }) => {
      const after = draw(buckets.get(crm) ?? null, { perSecond, burst }, { need, want, maxWaitMs }, performance.now());
      buckets.set(crm, after.state);
      return after.drawn;
    },
  };
}

const NOTHING = { reason: null, detail: null, changes: [], evidence: {}, warnings: [], calls: 0 };

function ended(
  ids: Pick<DeliveryPreview, "tenant" | "eventId" | "emailKey">,
  reason: string,
  detail: string,
): DeliveryPreview {
  return { ...ids, ...NOTHING, result: "dead_lettered", reason, detail };
}

function describeEnd(disposition: Disposition): Pick<DeliveryPreview, "reason" | "detail"> {
  switch (disposition.kind) {
    case "written":
      return { reason: null, detail: null };
    case "suppress":
      return { reason: disposition.reason, detail: null };
    case "deadLetter":
      return { reason: disposition.reason, detail: disposition.detail };
    case "retry":
    case "park":
      return { reason: disposition.code, detail: null };
    case "skip":
      return { reason: disposition.why, detail: null };
  }
}
