import type { TenantConfig } from "@inlet/config";
import { createCrm, pauseFor, operation, type Budget, type CallFault, type Crm, type Operation } from "@inlet/crm";
import { probeDelayMs } from "@inlet/domain";
import type { CrmAccount, CrmCost, Gate, Ledger } from "@inlet/ledger";
import { createCircuit, type Circuit } from "@inlet/resilience";
import { metrics } from "@inlet/telemetry";
import { createAccountQuotas, type AccountQuotas } from "./account-quotas.ts";
import { callOutcome, createBatchCalls, type BatchCalls } from "./batch-calls.ts";
import { countCall } from "./count-call.ts";
import { createCrmAnswers, type CrmAnswer } from "./crm-answers.ts";
import { createDealCache, type DealCache } from "./deal-cache.ts";
import type { Log } from "@inlet/telemetry";
import { createCompanyCache, type CompanyCache } from "./company-cache.ts";
import { bucketName, createUnitBuckets } from "./unit-buckets.ts";
import { createTenantHold } from "../gates/tenant-hold.ts";

/** A tenant's CRM with what stands in front of it. */
export interface CrmConnection {
  readonly kind: string;
  /** What the ledger keeps effects under: kind and account. Known once the account is (`account`); the kind until then. */
  readonly key: string;
  readonly adapter: Crm;
  readonly circuit: Circuit;
  /** Whether the CRM answers a ping, as it did a second ago at most. */
  answers(): Promise<CrmAnswer>;
  /** The CRM is away, as an email's call or a ping (null) found it: counted toward the circuit, and its Retry-After holds for the tenant. */
  foundAway(fault: CallFault, eventId: string | null, probe?: boolean): Promise<void>;
  /** Whether the tenant's mail is held back, as the ledger said a second ago at most. */
  gate(): Promise<Gate>;
  /** What all instances together may use of the account's limits. */
  readonly quotas: AccountQuotas;
  /** What the CRM said of companies' domains. */
  readonly companies: CompanyCache;
  /** What it said of deals. */
  readonly deals: DealCache;
  /** Calls that emails make together. */
  readonly batches: BatchCalls;
  /** Whether the ledger knows the account by the name that the CRM gave it; null where the CRM was not asked yet. */
  account(): CrmAccount | null;
  /** Asks the CRM which account this is, and the ledger whether it is the tenant's. */
  readonly identify: Operation<null, CrmAccount>;
  /** What emails cost, as measured since the ledger was told. */
  readonly cost: MeasuredCost;
  isPrepared(): boolean;
  /** Makes what the adapter needs in the account, or makes sure that it is there; once per process, before the first write. */
  readonly prepare: Operation<null, unknown>;
}

/** Requests that were made, and emails that ended by them. */
export interface MeasuredCost {
  calls: number;
  emails: number;
}

export interface CrmConnections {
  /** The connection for the tenant's present configuration; made at the first use, renewed when the file changed. */
  of(tenant: TenantConfig): CrmConnection;
  /** What emails of each tenant cost since it was asked last. */
  takeCosts(): CrmCost[];
  close(): Promise<void>;
}

/** The circuit opened meanwhile: the CRM is not asked. */
const CIRCUIT_OPEN: CallFault = { kind: "outage", code: "circuit_open", message: "not asked", unknown: false };

export function createCrmConnections(deps: {
  readonly ledger: Pick<Ledger, "effects" | "circuits" | "quota" | "grants">;
  readonly log: Log;
  readonly random: () => number;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
  /** What a tenant's CRM is looked at through; a dry run writes nothing. */
  readonly through?: (adapter: Crm) => Crm;
}): CrmConnections {
  const connections = new Map<string, { config: TenantConfig; crm: CrmConnection }>();

  const connect = (tenant: TenantConfig): CrmConnection => {
    const { ledger, log, random, failpoint, through = (crm) => crm } = deps;
    const kind = tenant.crm.kind;
    const adapter = through(
      createCrm(tenant.crm, {
        tenant: tenant.id,
        log,
        grants: ledger.grants,
        onCall: (report) => {
          for (const budget of report.budgets) slowDown(budget);
          countCall(kind, report);
        },
      }),
    );
    const circuit = createCircuit({
      name: `${tenant.id}:${kind}`,
      store: {
        recordOutage: async (outage) => {
          const state = await ledger.circuits.recordOutage(tenant.id, kind, outage, (probes) =>
            probeDelayMs(probes, random()),
          );
          if (state.openedNow)
            log.warn(
              { tenant: tenant.id, crm: kind, code: outage.code },
              "circuit opened: the tenant's mail parks until a ping succeeds",
            );
          return state;
        },
        recordSuccess: async (probe) => ledger.circuits.recordSuccess(tenant.id, kind, probe),
        recordGotThrough: async (operation) => ledger.circuits.recordGotThrough(tenant.id, kind, operation),
        read: async () => ledger.circuits.read(tenant.id, kind),
      },
      onEvent: (event) => {
        if (event === "reject") return;
        metrics.circuitState.set({ tenant: tenant.id, crm: kind }, event === "open" ? 2 : 0);
        if (event === "close") log.info({ tenant: tenant.id, crm: kind }, "circuit closed");
      },
    });
    const buckets = createUnitBuckets(tenant, adapter, ledger);
    const cost: MeasuredCost = { calls: 0, emails: 0 };
    const quotas = createAccountQuotas(buckets, ({ requests }) => (cost.calls += requests));
    const slowUntil = new Map<string, number>();
    /** Other apps, and people, use the account's limits, too: the shared bucket stands still before that shows as 429. */
    const slowDown = (budget: Budget): void => {
      const limit = buckets.get(budget.unit);
      const ms = limit === undefined ? 0 : pauseFor(budget, limit.quota.perSecond);
      const now = performance.now();
      if (limit === undefined || ms <= 0 || now < (slowUntil.get(budget.unit) ?? 0)) return;
      slowUntil.set(budget.unit, now + ms);
      limit.bucket.forget();
      log.debug(
        { tenant: tenant.id, crm: kind, unit: budget.unit, ms },
        "little is left of the CRM's limit: calls are slowed down",
      );
      void ledger.quota.pause(tenant.id, bucketName(kind, budget.unit), ms).catch(() => {});
    };
    const answers = createCrmAnswers(
      async (options) => {
        const answer = await circuit.call("ping", async () => adapter.ping(options), callOutcome);
        return answer.open ? { ok: false, fault: CIRCUIT_OPEN } : answer.result;
      },
      () => performance.now(),
    );
    let ready = false;
    let account: CrmAccount | null = null;
    const gate = createTenantHold(
      async () => ledger.circuits.gate(tenant.id),
      () => performance.now(),
    );
    return {
      kind,
      get key() {
        return account?.state === "ours" ? account.crm : kind;
      },
      adapter,
      account: () => account,
      identify: operation(
        async (_, options) => {
          const named = await adapter.account(null, options);
          if (!named.ok) return named;
          account = await ledger.effects.crmAccount({ tenant: tenant.id, kind, account: named.value });
          return { ok: true, value: account };
        },
        { cost: adapter.account.cost },
      ),
      circuit,
      answers,
      foundAway: async (fault, eventId, probe = false) => {
        const retryAfterMs = fault.kind === "outage" ? (fault.retryAfterMs ?? 0) : 0;
        if (retryAfterMs > 0) {
          quotas.forget();
          await ledger.quota.pause(tenant.id, kind, retryAfterMs);
        }
        await circuit.recordOutage({ eventId, probe, code: fault.code, retryAfterMs });
      },
      gate,
      quotas,
      cost,
      companies: createCompanyCache(() => performance.now()),
      deals: createDealCache(() => performance.now()),
      batches: createBatchCalls({
        crm: adapter,
        quotas,
        circuit,
        gate,
        timeoutMs: tenant.crm.timeoutMs,
        now: () => performance.now(),
        failpoint,
      }),
      isPrepared: () => ready,
      prepare: operation(
        async (_, options) => {
          const result = await adapter.setup.atStart(null, options);
          ready = result.ok;
          return result;
        },
        { cost: adapter.setup.atStart.cost },
      ),
    };
  };

  return {
    of: (tenant) => {
      const known = connections.get(tenant.id);
      if (known?.config === tenant) return known.crm;
      const crm = connect(tenant);
      connections.set(tenant.id, { config: tenant, crm });
      // Calls under way on the old connection end by themselves.
      if (known !== undefined) void known.crm.adapter.close().catch(() => {});
      known?.crm.circuit.close();
      // What was wrong may be repaired: no one has to wait for the next probe.
      if (known !== undefined) {
        void deps.ledger.circuits.probeSoon(tenant.id, crm.kind).catch(() => {});
      }
      return crm;
    },
    takeCosts: () =>
      [...connections].flatMap(([tenant, { crm }]) => {
        const { calls, emails } = crm.cost;
        if (emails === 0) return [];
        Object.assign(crm.cost, { calls: 0, emails: 0 } satisfies MeasuredCost);
        return [{ tenant, calls, emails }];
      }),
    close: async () => {
      for (const { crm } of connections.values()) {
        crm.circuit.close();
        await crm.adapter.close();
      }
    },
  };
}
