import { expect, test } from "vitest";
import {
  findImports,
  isCode,
  isTest,
  getPackage,
  readRepository,
  report,
  findWorkspace,
  findWorkspaces,
} from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** npm hoists: an undeclared import works here and fails in the image. */
test("every import is declared in the package.json of its workspace", () => {
  const files = readRepository();
  const looked = { files: 0, "package imports": 0, "package.json files": findWorkspaces(files).length };
  const found = undeclared(files, looked);
  report("declared imports", looked);
  expect(found).toEqual([]);
});

test("planted: undeclared, declared for development only, and the allowed ones", () => {
  const found = undeclared([
    { path: "package.json", text: JSON.stringify({ name: "inlet", devDependencies: { vitest: "5.1.1" } }) },
    {
      path: "packages/kafka/package.json",
      text: JSON.stringify({
        name: "@inlet/kafka",
        dependencies: { kafkajs: "2.2.4" },
        devDependencies: { "@types/pg": "8", yaml: "2" },
      }),
    },
    { path: "packages/kafka/src/undeclared.ts", text: 'import { x } from "lru-cache";' },
    { path: "packages/kafka/src/for-development.ts", text: 'import { parse } from "yaml";' },
    { path: "packages/kafka/src/vitest-outside-a-test.ts", text: 'import { test } from "vitest";' },
    { path: "packages/kafka/src/good.ts", text: 'import { Kafka } from "kafkajs"; import type { X } from "pg";' },
    { path: "packages/kafka/src/good.test.ts", text: 'import { test } from "vitest"; import { parse } from "yaml";' },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "packages/kafka/src/undeclared.ts",
    "packages/kafka/src/for-development.ts",
    "packages/kafka/src/vitest-outside-a-test.ts",
  ]);
});

function undeclared(
  files: readonly RepositoryFile[],
  looked: Record<"files" | "package imports", number> = { files: 0, "package imports": 0 },
): Finding[] {
  const workspaces = findWorkspaces(files);
  const root = findWorkspace("package.json", workspaces);
  const found: Finding[] = [];
  for (const file of files.filter(isCode)) {
    const here = findWorkspace(file.path, workspaces);
    const declared = new Set([here.name, ...here.dependencies]);
    if (here === root || isTest(file.path)) for (const name of root.devDependencies) declared.add(name);
    looked.files += 1;
    for (const { specifier, typeOnly } of findImports(file)) {
      const name = getPackage(specifier);
      if (name === null) continue;
      looked["package imports"] += 1;
      const forDevelopment = here.devDependencies.includes(name) || here.devDependencies.includes(toTypesPackage(name));
      if (declared.has(name) || (forDevelopment && (typeOnly || isTest(file.path)))) continue;
      found.push({
        path: file.path,
        problem: forDevelopment
          ? `"${name}" is a devDependency of ${here.folder}, and this file runs in production: move it to dependencies`
          : `"${name}" is not in ${here.folder === "" ? "" : `${here.folder}/`}package.json: declare it there`,
      });
    }
  }
  return found;
}

function toTypesPackage(name: string): string {
  return `@types/${name.replace(/^@/, "").replace("/", "__")}`;
}
