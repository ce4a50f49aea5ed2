import type { Latency, TenantView, WaitingMail } from "@inlet/ledger";
import { addCount, NOTHING, type Lost, type TenantCount } from "@inlet/reconcile";
import type { Balance, ConsoleDeps } from "../screen.ts";

const DAY_MS = 86_400_000;

/** Windows of the balance, by when emails were received, and as `since` of the list behind its numbers. */
export const WINDOWS = { hour: { ms: 3_600_000, since: "1h" }, day: { ms: DAY_MS, since: "1d" }, all: null } as const;

export type Window = keyof typeof WINDOWS;

export interface OverviewFigures {
  /** Epoch ms; null while nothing was counted yet. */
  readonly countedAt: number | null;
  /** Null while nothing was counted yet. */
  readonly balance: TenantCount | null;
  /** Accepted, and not yet rows. */
  readonly unread: number;
  readonly lost: readonly Lost[];
  readonly faults: readonly string[];
  /** Emails a minute between the last two counts; null until there are two. */
  readonly perMinute: { readonly accepted: number; readonly written: number } | null;
  /** From acceptance to the CRM, of the window's emails. */
  readonly latency: Latency;
  /** Unread records of each consumer group. */
  readonly lag: Readonly<Record<string, number>>;
  readonly openCircuits: readonly Pick<TenantView, "tenant" | "circuitCode" | "circuitSince" | "probeInMs">[];
  readonly waiting: readonly WaitingMail[];
  /** Dead letters of the last 24 hours, and of the 24 before. */
  readonly died: { readonly today: number; readonly before: number };
}

/** @param tenant null for all */
export async function readFigures(
  { ledger, balance: newest, now }: Pick<ConsoleDeps, "ledger" | "balance" | "now">,
  tenant: string | null,
  window: Window,
): Promise<OverviewFigures> {
  const balance = newest();
  const at = now();
  const tenants = tenant === null ? null : [tenant];
  const span = WINDOWS[window];
  const isMine = (each: { readonly tenant: string }): boolean => tenant === null || each.tenant === tenant;
  const [counted, latency, views, waiting, today, before] = await Promise.all([
    span === null ? null : countWindow(ledger, at - span.ms, tenants),
    ledger.inspect.latency(at - (span?.ms ?? DAY_MS), tenants),
    ledger.inspect.tenants(),
    ledger.waiting.mail(),
    ledger.inspect.countDied({ from: at - DAY_MS, to: at, tenants }),
    ledger.inspect.countDied({ from: at - 2 * DAY_MS, to: at - DAY_MS, tenants }),
  ]);
  return {
    countedAt: span === null ? (balance?.at ?? null) : at,
    balance: counted ?? (balance === null ? null : sum(balance.report.tenants, tenant)),
    // Whose an unread record is has not been looked at; so of all tenants.
    unread: tenant === null && span === null ? (balance?.report.unread ?? 0) : 0,
    lost: (balance?.report.lost ?? []).filter(isMine),
    // They name emails of every tenant.
    faults: (balance?.report.faults ?? []).filter((fault) => tenant === null || fault.startsWith(`${tenant}/`)),
    perMinute: balance === null ? null : measureRates(balance, tenant),
    latency,
    lag: balance?.report.lag ?? {},
    openCircuits: views
      .filter((each) => each.circuit === "open" && isMine(each))
      .map(({ tenant: id, circuitCode, circuitSince, probeInMs }) => ({
        tenant: id,
        circuitCode,
        circuitSince,
        probeInMs,
      })),
    waiting: waiting.filter(isMine),
    died: { today, before },
  };
}

async function countWindow(
  { inspect }: Pick<ConsoleDeps["ledger"], "inspect">,
  since: number,
  tenants: readonly string[] | null,
): Promise<TenantCount> {
  const counts = await inspect.countSince(since, tenants);
  return counts.reduce((count, { state, emails }) => addCount(count, state, emails), NOTHING);
}

function sum(tenants: Balance["report"]["tenants"], tenant: string | null): TenantCount {
  if (tenant !== null) return tenants[tenant] ?? NOTHING;
  return Object.values(tenants).reduce(
    (total, each) => ({
      accepted: total.accepted + each.accepted,
      written: total.written + each.written,
      suppressed: total.suppressed + each.suppressed,
      deadLettered: total.deadLettered + each.deadLettered,
      discarded: total.discarded + each.discarded,
      inFlight: total.inFlight + each.inFlight,
    }),
    NOTHING,
  );
}

function measureRates({ at, report, before }: Balance, tenant: string | null): OverviewFigures["perMinute"] {
  if (before === undefined || at <= before.at) return null;
  const [now, then] = [sum(report.tenants, tenant), sum(before.tenants, tenant)];
  // What retention has deleted in between was no mail that came: less than none is none.
  const rate = (more: number): number => Math.max(0, (more * 60_000) / (at - before.at));
  return { accepted: rate(now.accepted - then.accepted), written: rate(now.written - then.written) };
}
