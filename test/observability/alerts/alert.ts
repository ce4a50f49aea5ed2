/** Series of a test, by selector, in promtool's notation: `1+1x10` grows by 1 ten times, a sample a minute. */
export type Series = Readonly<Record<string, string>>;

/** One alert with its proof: a state of the metrics in which it fires, and one, as near to it as can be, in which it stays silent. */
export interface Alert {
  readonly name: string;
  /** `critical`: mail is lost, refused or late now, somebody gets up; `warning`: to be looked at today. */
  readonly severity: "critical" | "warning";
  readonly expr: string;
  /** How long it must be so; default: at once. */
  readonly for?: string;
  /** One sentence; `{{ $labels.tenant }}` is the label of the series. */
  readonly summary: string;
  /** A page of docs/runbooks, without `.md`. */
  readonly runbook: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly fires: {
    readonly series: Series;
    /** Labels that the alert then has, beside severity and its own. */
    readonly labels?: Readonly<Record<string, string>>;
    readonly at: string;
  };
  readonly silent: { readonly series: Series; readonly at: string };
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/**
 * Whether a counter has grown. `increase` alone misses the first time: a series that begins at 1 has not grown for it.
 */
export function grew(selector: string, window: string, by: string): string {
  return `sum by (${by}) (increase(${selector}[${window}])) > 0 or sum by (${by}) (${selector} unless ${selector} offset ${window}) > 0`;
}

/** An alert of a code of `inlet_alerts_total`, which is there with 0 from the start of a process. */
export function alertOnCode(
  code: string,
  { window = "15m", ...alert }: Pick<Alert, "name" | "severity" | "summary" | "runbook"> & { readonly window?: string },
): Alert {
  const expr = `sum by (code) (increase(inlet_alerts_total{code=~"${code}"}[${window}])) > 0`;
  const [first = ""] = code.split("|");
  const series = (values: string): Series => ({ [`inlet_alerts_total{code="${first}",job="inlet"}`]: values });
  return {
    ...alert,
    expr,
    fires: { series: series("0x5 1x30"), labels: { code: first }, at: "10m" },
    silent: { series: series("7x60"), at: "10m" },
  };
}
