import { posix } from "node:path";
import { expect, test } from "vitest";
import {
  findImports,
  isCode,
  getPackage,
  readRepository,
  report,
  findWorkspace,
  findWorkspaces,
} from "./repository.ts";
import type { Finding, RepositoryFile, Workspace } from "./repository.ts";

/** services → packages → schemas; never service → service. `test` may import all, no one imports `test`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  services: ["packages", "schemas"],
  packages: ["packages", "schemas"],
  schemas: [],
  test: ["services", "packages", "schemas"],
  root: ["packages", "schemas"],
};

test("imports go services → packages → schemas", () => {
  const files = readRepository();
  const looked = { files: 0, imports: 0 };
  const found = wrongDirections(files, looked);
  report("import directions", looked);
  expect(found).toEqual([]);
});

test("planted: a service that imports a service, a package that imports a service, a path out of the workspace, a deep import", () => {
  const found = wrongDirections([
    ...MANIFESTS,
    { path: "services/parser/src/a.ts", text: 'import { x } from "@inlet/crm-sink/src/x.ts";' },
    { path: "packages/kafka/src/a.ts", text: 'export { x } from "@inlet/parser";' },
    { path: "packages/kafka/src/b.ts", text: 'const x = await import("../../ledger/src/x.ts");' },
    { path: "packages/kafka/src/c.ts", text: 'import type { X } from "@inlet/ledger/src/x.ts";' },
    { path: "schemas/src/a.ts", text: 'import type { X } from "@inlet/kafka";' },
    {
      path: "services/parser/src/good.ts",
      text: 'import { x } from "@inlet/kafka"; import "./a.ts"; import "node:fs";',
    },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "services/parser/src/a.ts",
    "packages/kafka/src/a.ts",
    "packages/kafka/src/b.ts",
    "packages/kafka/src/c.ts",
    "schemas/src/a.ts",
  ]);
});

function wrongDirections(files: readonly RepositoryFile[], looked = { files: 0, imports: 0 }): Finding[] {
  const workspaces = findWorkspaces(files);
  const found: Finding[] = [];
  for (const file of files.filter(isCode)) {
    const here = findWorkspace(file.path, workspaces);
    looked.files += 1;
    for (const { specifier } of findImports(file)) {
      looked.imports += 1;
      const problem = findProblem(file.path, specifier, here, workspaces);
      if (problem !== null) found.push({ path: file.path, problem });
    }
  }
  return found;
}

function findProblem(path: string, specifier: string, here: Workspace, all: readonly Workspace[]): string | null {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    if (findWorkspace(target, all) === here) return null;
    // Scripts and the end-to-end tests start processes from outside; they have no workspace of their own to leave.
    return here.folder === "" ? null : `"${specifier}" leaves ${here.folder}: import the package by its name`;
  }
  const name = getPackage(specifier);
  const target = all.find((workspace) => workspace.name === name);
  if (target === undefined || target === here) return null;
  if (!(MAY_IMPORT[getRoom(here)] ?? []).includes(getRoom(target))) {
    return `${getRoom(here)} may not import ${getRoom(target)} ("${specifier}")`;
  }
  const deep = specifier !== name && !specifier.endsWith(".avsc");
  // What a package has for tests (an in-memory ledger) is for tests, and for what they have in common.
  const forTests = specifier === `${name}/testing` && (path.endsWith(".test.ts") || path.includes("/testing/"));
  return deep && !forTests && getRoom(here) !== "test"
    ? `"${specifier}" reaches inside a package: export it from its index`
    : null;
}

function getRoom(workspace: Workspace): string {
  return workspace.folder === "" ? "root" : (workspace.folder.split("/")[0] as string);
}

const MANIFESTS: readonly RepositoryFile[] = [
  ["package.json", "inlet"],
  ["schemas/package.json", "@inlet/schemas"],
  ["packages/kafka/package.json", "@inlet/kafka"],
  ["packages/ledger/package.json", "@inlet/ledger"],
  ["services/parser/package.json", "@inlet/parser"],
  ["services/crm-sink/package.json", "@inlet/crm-sink"],
].map(([path, name]) => ({ path: path as string, text: JSON.stringify({ name }) }));
