import { Visitor } from "oxc-parser";
import { expect, test } from "vitest";
import { isCode, parse, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** The environment is parsed once, at the edge, into frozen typed values: nothing else may depend on it. */
const MAY_READ = [
  /^packages\/config\/src\//,
  /^packages\/cli\/bin\//,
  /^scripts\//,
  /^\.ci\//,
  /^test\//,
  /\.integration\.test\.ts$/,
  /^vitest\.config\.ts$/,
];

test("process.env is read in packages/config only", () => {
  const looked = { files: 0 };
  const found = readers(readRepository(), looked);
  report("environment access", looked);
  expect(found).toEqual([]);
});

test("planted: process.env, a destructured env, env from node:process; not a comment", () => {
  const found = readers([
    { path: "services/parser/src/a.ts", text: "export const a = process.env.HOME;" },
    { path: "services/parser/src/b.ts", text: 'export const b = process["env"];' },
    { path: "services/parser/src/c.ts", text: "const { env } = process;" },
    { path: "services/parser/src/d.ts", text: 'import { env } from "node:process";' },
    { path: "services/parser/src/e.ts", text: "// process.env\nexport const pid = process.pid;" },
    { path: "packages/config/src/a.ts", text: "export const a = process.env;" },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "services/parser/src/a.ts",
    "services/parser/src/b.ts",
    "services/parser/src/c.ts",
    "services/parser/src/d.ts",
  ]);
});

function readers(files: readonly RepositoryFile[], looked = { files: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const file of files.filter(isCode)) {
    looked.files += 1;
    if (MAY_READ.some((place) => place.test(file.path)) || !readsEnvironment(file)) continue;
    found.push({ path: file.path, problem: "reads the environment: take the value from @inlet/config as an argument" });
  }
  return found;
}

function readsEnvironment(file: RepositoryFile): boolean {
  let reads = false;
  new Visitor({
    MemberExpression(node) {
      const property = node.computed
        ? node.property.type === "Literal" && node.property.value
        : node.property.type === "Identifier" && node.property.name;
      if (node.object.type === "Identifier" && node.object.name === "process" && property === "env") reads = true;
    },
    VariableDeclarator(node) {
      if (node.id.type !== "ObjectPattern" || node.init?.type !== "Identifier" || node.init.name !== "process") return;
      if (/\benv\b/.test(file.text.slice(node.id.start, node.id.end))) reads = true;
    },
    ImportDeclaration(node) {
      if (node.source.value !== "node:process" && node.source.value !== "process") return;
      if (/\benv\b/.test(file.text.slice(node.start, node.end))) reads = true;
    },
  }).visit(parse(file).program);
  return reads;
}
