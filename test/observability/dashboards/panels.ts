import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** The data source is chosen on the page: any Prometheus will do. */
const SOURCE = { type: "prometheus", uid: "${source}" };

export type Query = readonly [expr: string, legend: string];

export interface PanelOptions {
  /** Grafana's id of a unit: `s`, `bytes`, `percentunit`, `short`, `reqps`. */
  readonly unit?: string;
  readonly says?: string;
  readonly exemplars?: true;
}

/** Lines over time. */
export function drawLines(
  title: string,
  queries: readonly Query[],
  { unit = "short", says, exemplars }: PanelOptions = {},
): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(title)
    .unit(unit)
    .min(0)
    .fillOpacity(10)
    .datasource(SOURCE)
    .height(8)
    .span(12);
  if (says !== undefined) panel.description(says);
  return queries.reduce((drawn, query, index) => drawn.withTarget(toTarget(query, index, exemplars)), panel);
}

/** One number that says whether all is well. */
export function showNumber(title: string, expr: string, { unit = "short", says }: PanelOptions = {}): StatBuilder {
  const panel = new StatBuilder().title(title).unit(unit).datasource(SOURCE).height(5).span(6);
  if (says !== undefined) panel.description(says);
  return panel.withTarget(toTarget([expr, title], 0).instant());
}

/** The present values, a line each. */
export function listValues(title: string, expr: string, { unit = "short", says }: PanelOptions = {}): TableBuilder {
  const panel = new TableBuilder().title(title).unit(unit).datasource(SOURCE).height(8).span(12);
  if (says !== undefined) panel.description(says);
  return panel.withTarget(toTarget([expr, ""], 0).instant().format(PromQueryFormat.Table));
}

/** The share of a histogram's observations below the bound, at two heights. */
export function quantiles(name: string, by: string): readonly Query[] {
  return [0.5, 0.99].map((quantile) => [
    `histogram_quantile(${quantile}, sum by (${by === "" ? "le" : `le, ${by}`}) (rate(${name}_bucket[$__rate_interval])))`,
    `p${quantile * 100}${by === "" ? "" : ` {{${by}}}`}`,
  ]);
}

export interface Page {
  readonly uid: string;
  readonly title: string;
  readonly says: string;
  /** Label by which the page can be narrowed, with a metric that has it. */
  readonly narrowedBy?: readonly [label: string, metric: string];
  readonly rows: Readonly<Record<string, readonly (TimeseriesBuilder | StatBuilder | TableBuilder)[]>>;
}

/** Classic: the schema of dashboards that every Grafana takes. */
// oxlint-disable-next-line no-deprecated -- of the classic schema
export type Dashboard = ReturnType<DashboardBuilder["build"]>;

export function buildPage({ uid, title, says, narrowedBy, rows }: Page): Dashboard {
  // oxlint-disable-next-line no-deprecated -- of the classic schema
  const page = new DashboardBuilder(title)
    .uid(uid)
    .description(says)
    .tags(["inlet"])
    .refresh("30s")
    .time({ from: "now-3h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .editable()
    .withVariable(new DatasourceVariableBuilder("source").label("Prometheus").type("prometheus"));
  if (narrowedBy !== undefined) {
    const [label, metric] = narrowedBy;
    page.withVariable(
      new QueryVariableBuilder(label)
        .label(label)
        .datasource(SOURCE)
        .query(`label_values(${metric}, ${label})`)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    );
  }
  for (const [name, panels] of Object.entries(rows)) {
    page.withRow(new RowBuilder(name));
    for (const panel of panels) page.withPanel(panel);
  }
  return page.build();
}

function toTarget([expr, legend]: Query, index: number, exemplars?: true): DataqueryBuilder & Builder<Dataquery> {
  const target = new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode(65 + index))
    .datasource(SOURCE);
  return exemplars === true ? target.exemplar(true) : target;
}
