import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Processes that tests start (services, the parser's own, the inlet command) compile what they load once for all: half of what a start costs. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node", import.meta.url)) };

/** `unit` needs nothing running; `integration` runs on the real Kafka, registry and Postgres of the local stack (started once by the setup). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          env,
          setupFiles: ["test/metrics/record-samples.ts"],
          include: [
            "{packages,services}/*/{src,testing,conformance}/**/*.test.ts",
            "schemas/src/**/*.test.ts",
            "test/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", "**/*.integration.test.ts", "**/*.e2e.test.ts", "**/*.odoo.test.ts"],
          // A worker loads what the files share once, not once a file: half of the suite's processor time. No test may change what is global.
          isolate: false,
          maxWorkers: 2,
          // Generous, since no test is about time: a busy machine is ten times slower, and so is a Postgres in the process (PGlite).
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "integration",
          env,
          include: [
            "{packages,services}/*/{src,testing,conformance}/**/*.integration.test.ts",
            "test/**/*.integration.test.ts",
          ],
          globalSetup: ["test/setup/local-stack.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "odoo",
          env,
          // Against the real Odoo that ODOO_URL, ODOO_DATABASE and ODOO_API_KEY name (docs/guides/odoo.md).
          include: ["test/**/*.odoo.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          env,
          include: ["test/**/*.e2e.test.ts"],
          // Each file runs an Inlet of its own (test/running): processes are killed and offsets reset. Two at a time, since they mostly wait.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
