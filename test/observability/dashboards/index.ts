import { GATEWAY } from "./gateway.ts";
import { LOGS_AND_LEDGER } from "./logs-and-ledger.ts";
import { OVERVIEW } from "./overview.ts";
import { buildPage, type Dashboard, type Page } from "./panels.ts";
import { TENANTS } from "./tenants.ts";

const PAGES: readonly Page[] = [OVERVIEW, TENANTS, GATEWAY, LOGS_AND_LEDGER];

/** Every dashboard by its file. */
export function buildDashboards(): Readonly<Record<string, Dashboard>> {
  return Object.fromEntries(PAGES.map((page) => [`deploy/observability/dashboards/${page.uid}.json`, buildPage(page)]));
}
