import { readdirSync, readFileSync } from "node:fs";
import { METRICS } from "@inlet/telemetry";
import { describe, expect, it } from "vitest";
import { ROOT } from "../architecture/repository.ts";
import { ALERTS, RECORDINGS } from "./alerts/index.ts";
import { buildDashboards } from "./dashboards/index.ts";
import { findFaults } from "./promql.ts";

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly expr?: string; readonly legendFormat?: string }[];
  readonly panels?: readonly Panel[];
}

const dashboards = Object.entries(buildDashboards());
const listPanels = (panels: readonly Panel[]): Panel[] =>
  panels.flatMap((panel) => [panel, ...listPanels(panel.panels ?? [])]);
const listAllPanels = (dashboard: unknown) => listPanels((dashboard as { panels: Panel[] }).panels);

describe("the dashboards", () => {
  it("are in the files that Grafana loads (npm run docs)", () => {
    const folder = "deploy/observability/dashboards/";
    expect(readdirSync(`${ROOT}${folder}`).map((name) => folder + name)).toEqual(
      dashboards.map(([path]) => path).toSorted((a, b) => a.localeCompare(b)),
    );
    for (const [path, dashboard] of dashboards)
      expect(JSON.parse(readFileSync(`${ROOT}${path}`, "utf8"))).toEqual(JSON.parse(JSON.stringify(dashboard)));
  });

  it.each(dashboards)("%s asks for what there is, and says what it shows", (_, dashboard) => {
    const panels = listAllPanels(dashboard).filter(({ targets }) => targets !== undefined);
    expect(panels.length).toBeGreaterThan(5);
    for (const { title, targets = [] } of panels) {
      expect(title).toBeTruthy();
      for (const { expr = "" } of targets) expect(findFaults(expr), expr).toEqual([]);
    }
  });

  it("show every metric there is, but what alerts alone ask for", () => {
    const asked = dashboards.flatMap(([, dashboard]) =>
      listAllPanels(dashboard).flatMap(({ targets = [] }) => targets.map(({ expr = "" }) => expr)),
    );
    const inAlerts = [...Object.values(ALERTS).flat(), ...RECORDINGS].map(({ expr }) => expr);
    const text = [...asked, ...inAlerts].join("\n");
    expect(
      Object.values(METRICS)
        .map(({ name }) => name)
        .filter((name) => !text.includes(name)),
    ).toEqual([]);
  });
});
