import { writeFileSync } from "node:fs";
import { metricsReference } from "./src/metrics-reference.ts";

writeFileSync(new URL("../../docs/reference/metrics.md", import.meta.url), metricsReference());
