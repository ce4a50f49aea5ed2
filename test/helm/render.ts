import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { ROOT } from "../architecture/repository.ts";
import { CHART, EXAMPLES, getExamplePath, getRenderedPath, hashChart, type Example } from "./chart.ts";

/** `npm run helm`: renders every example anew, with the helm of PATH or HELM. */
export function render(helm: string, example: Example): string {
  const args = ["template", "inlet", CHART, "--namespace", "inlet", "--values", getExamplePath(example)];
  const { status, stdout, stderr } = spawnSync(helm, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`helm template of ${example}: ${stderr}`);
  return `# of ${hashChart(example)}\n${stdout}`;
}

if (import.meta.main) {
  for (const example of EXAMPLES)
    writeFileSync(`${ROOT}${getRenderedPath(example)}`, render(process.env["HELM"] ?? "helm", example));
}
