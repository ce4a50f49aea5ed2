import { defineConfig } from "vitest/config";

/** `unit` needs nothing running; `integration` runs on the real Kafka, registry and Postgres of the local stack (started once by the setup). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services}/*/src/**/*.test.ts", "schemas/src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.integration.test.ts", "**/*.e2e.test.ts", "**/*.odoo.test.ts"],
          testTimeout: 20_000,
          // A Postgres in the process (PGlite) takes seconds to start on a busy machine.
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["{packages,services}/*/src/**/*.integration.test.ts", "test/**/*.integration.test.ts"],
          globalSetup: ["test/setup/local-stack.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "odoo",
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
          include: ["test/**/*.e2e.test.ts"],
          // Each file runs an Inlet of its own (test/running): processes are killed and offsets reset. One at a time: two starve each other of
          // processors while a stack and the parser's processes start.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
