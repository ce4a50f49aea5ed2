import type { Alert, Recording, Series } from "./alert.ts";

/** A promise in numbers: of all events no more than `1 - objective` may be bad, over 30 days. */
interface ServiceLevel {
  readonly name: string;
  readonly title: string;
  readonly objective: number;
  /** Share of bad events over a window. */
  readonly ratio: (window: string) => string;
  readonly good: (values: string) => Series;
  readonly bad: (values: string) => Series;
  readonly runbook: string;
}

const WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;

/** As the SRE workbook has it (chapter 5): a long window says that it matters, a short one that it goes on. */
const BURNS = [
  {
    kind: "Fast",
    severity: "critical",
    pairs: [
      ["1h", "5m", 14.4],
      ["6h", "30m", 6],
    ],
  },
  {
    kind: "Slow",
    severity: "warning",
    pairs: [
      ["1d", "2h", 3],
      ["3d", "6h", 1],
    ],
  },
] as const;

export const SERVICE_LEVELS: readonly ServiceLevel[] = [
  {
    name: "availability",
    title: "answers of the endpoint that are no fault of Inlet's (500, 503; by SMTP 451)",
    objective: 0.999,
    ratio: (window) => {
      const rate = (selector: string): string => `sum(rate(inlet_ingest_requests_total${selector}[${window}]))`;
      return `(${rate('{code=~"500|503|451"}')} or vector(0)) / (${rate("")} > 0)`;
    },
    good: (values) => ({ 'inlet_ingest_requests_total{tenant="acme",source="json",code="202"}': values }),
    bad: (values) => ({ 'inlet_ingest_requests_total{tenant="acme",source="json",code="503"}': values }),
    runbook: "kafka-disk-full",
  },
  {
    name: "timeliness",
    title: "accepted emails written to the CRM within 60 s",
    objective: 0.99,
    ratio: (window) => {
      const rate = (name: string, more = ""): string =>
        `sum(rate(inlet_end_to_end_seconds_${name}{state="written"${more}}[${window}]))`;
      // Prometheus 3 writes the bound as 60.0.
      return `1 - (${rate("bucket", ',le=~"60(\\\\.0)?"')} / (${rate("count")} > 0))`;
    },
    good: (values) => ({
      'inlet_end_to_end_seconds_bucket{tenant="acme",state="written",le="60"}': values,
      'inlet_end_to_end_seconds_count{tenant="acme",state="written"}': values,
    }),
    bad: (values) => ({
      'inlet_end_to_end_seconds_bucket{tenant="globex",state="written",le="60"}': "0x90",
      'inlet_end_to_end_seconds_count{tenant="globex",state="written"}': values,
    }),
    runbook: "mail-is-late",
  },
];

export const RECORDINGS: readonly Recording[] = SERVICE_LEVELS.flatMap(({ name, ratio }) =>
  WINDOWS.map((window) => ({ record: getRecord(name, window), expr: ratio(window) })),
);

/** Burning a month's budget in two days is a page, in ten a ticket. */
export const BURN_ALERTS: readonly Alert[] = SERVICE_LEVELS.flatMap((level) =>
  BURNS.map(({ kind, severity, pairs }): Alert => {
    const { name, objective, title, runbook, good, bad } = level;
    const budget = Number((1 - objective).toFixed(6));
    const burns = ([long, short, factor]: readonly [string, string, number]): string =>
      [long, short]
        .map((window) => `${getRecord(name, window)} > ${Number((factor * budget).toFixed(6))}`)
        .join(" and ");
    // 1,000 events a minute: of them as many bad ones as burn the budget a little faster, or a little slower, than it takes.
    const [[, , fastest]] = pairs;
    const [, [, , slowest]] = pairs;
    const share = (factor: number): Series => ({
      ...good(`0+${Math.round(1000 - 1000 * factor * budget)}x90`),
      ...bad(`0+${Math.round(1000 * factor * budget)}x90`),
    });
    return {
      name: `Inlet${name.slice(0, 1).toUpperCase()}${name.slice(1)}Burns${kind}`,
      severity,
      expr: pairs.map((pair) => `(${burns(pair)})`).join(" or "),
      labels: { slo: name },
      summary: `Too few ${title}: at this pace the budget of 30 days (${(budget * 100).toFixed(1)} %) is gone in ${kind === "Fast" ? "2 to 5" : "10 to 30"} days.`,
      runbook,
      fires: { series: share(fastest * 1.4), at: "70m" },
      silent: { series: share(slowest * (kind === "Slow" ? 0.5 : 0.7)), at: "70m" },
    };
  }),
);

function getRecord(name: string, window: string): string {
  return `inlet:${name}_errors:ratio_rate${window}`;
}
