import { posix } from "node:path";
import { expect, test } from "vitest";
import { readRepository, report, findWorkspaces } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** `tsc -b` sees a package only through a reference; a missing one passes on leftover output and fails on a fresh clone. */
test("tsconfig references are the workspace dependencies of each package.json", () => {
  const files = readRepository();
  const looked = { workspaces: 0, references: 0 };
  const found = findOutOfStep(files, looked);
  report("project references", looked);
  expect(found).toEqual([]);
});

test("planted: a missing reference, one too many, a workspace that the root forgets", () => {
  const manifest = (name: string, dependencies: string[]): string =>
    JSON.stringify({ name, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])) });
  const config = (...paths: string[]): string => JSON.stringify({ references: paths.map((path) => ({ path })) });
  const found = findOutOfStep([
    { path: "package.json", text: manifest("inlet", []) },
    { path: "tsconfig.json", text: config("schemas", "packages/kafka") },
    { path: "schemas/package.json", text: manifest("@inlet/schemas", []) },
    { path: "schemas/tsconfig.json", text: config("../packages/kafka") },
    { path: "packages/kafka/package.json", text: manifest("@inlet/kafka", ["@inlet/schemas"]) },
    { path: "packages/kafka/tsconfig.json", text: config() },
    { path: "packages/email/package.json", text: manifest("@inlet/email", ["@inlet/schemas"]) },
    { path: "packages/email/tsconfig.json", text: config("../../schemas") },
  ]);
  expect(found.map((finding) => `${finding.path}: ${finding.problem}`)).toEqual([
    "tsconfig.json: add a reference to packages/email",
    "schemas/tsconfig.json: drop the reference to packages/kafka: it is not in package.json",
    "packages/kafka/tsconfig.json: add a reference to schemas",
  ]);
});

function findOutOfStep(files: readonly RepositoryFile[], looked = { workspaces: 0, references: 0 }): Finding[] {
  const workspaces = findWorkspaces(files);
  const found: Finding[] = [];
  for (const here of workspaces) {
    const path = posix.join(here.folder, "tsconfig.json");
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) {
      found.push({ path, problem: "there is no tsconfig.json beside package.json" });
      continue;
    }
    const { references = [] } = JSON.parse(file.text) as { references?: { path: string }[] };
    const actual = references.map((reference) => posix.join(here.folder, reference.path));
    const names = [...here.dependencies, ...here.devDependencies];
    const wanted = workspaces
      .filter((other) => (here.folder === "" ? other !== here : names.includes(other.name)))
      .map((other) => other.folder);
    looked.workspaces += 1;
    looked.references += actual.length;
    for (const folder of wanted) {
      if (!actual.includes(folder)) found.push({ path, problem: `add a reference to ${folder}` });
    }
    for (const folder of actual) {
      if (!wanted.includes(folder)) {
        found.push({ path, problem: `drop the reference to ${folder}: it is not in package.json` });
      }
    }
  }
  return found;
}
