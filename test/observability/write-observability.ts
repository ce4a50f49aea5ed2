import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stringify } from "yaml";
import { ROOT } from "../architecture/repository.ts";
import { buildDashboards } from "./dashboards/index.ts";
import { buildRules, buildRuleTests, RULE_TESTS_PATH, RULES_PATH } from "./rule-files.ts";

const HEAD = "# Made from test/observability/alerts by `npm run docs`: change it there.\n";

function write(path: string, text: string): void {
  mkdirSync(dirname(`${ROOT}${path}`), { recursive: true });
  writeFileSync(`${ROOT}${path}`, text);
}

write(RULES_PATH, HEAD + stringify(buildRules(), { lineWidth: 120 }));
write(RULE_TESTS_PATH, HEAD + stringify(buildRuleTests(), { lineWidth: 120 }));
for (const [path, dashboard] of Object.entries(buildDashboards()))
  write(path, `${JSON.stringify(dashboard, null, 2)}\n`);
