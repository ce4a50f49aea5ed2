import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync, Visitor } from "oxc-parser";
import type { ParseResult } from "oxc-parser";

/** A file of the repository. Guards take files as values, so that a test can plant a fault. */
export interface RepositoryFile {
  /** Below the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What a guard found: where, and what to do about it. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
}

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const TEXT =
  /\.(ts|mts|mjs|cjs|js|json|jsonc|ya?ml|md|svg|avsc|sql|sh|html|css|env|toml)$|(^|\/)(Dockerfile|LICENSE|NOTICE|\.[a-z]+)$/;
const BYTES_OF_MAIL = /^test\/(emails|fixtures)\//;

/** Every text file that git knows of or would add: committed or new, never ignored, never the mail corpora. */
export function readRepository(): RepositoryFile[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(listed.split("\0"))]
    .filter((path) => TEXT.test(path) && !BYTES_OF_MAIL.test(path) && existsSync(`${ROOT}${path}`))
    .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, "utf8") }));
}

export function isCode(file: RepositoryFile): boolean {
  return /\.(ts|mts|mjs|js)$/.test(file.path);
}

/** Files that run only under vitest: they may use what the root and the workspace declare for development. */
export function isTest(path: string): boolean {
  return path.startsWith("test/") || path.endsWith(".test.ts") || /conformance|\/testing\//.test(path);
}

export interface Import {
  readonly specifier: string;
  /** Erased by Node: `import type`, or every name in braces is a type. */
  readonly typeOnly: boolean;
}

/** The syntax tree of a file. oxc, since TypeScript 7 has no JavaScript API. */
export function parse(file: RepositoryFile): ParseResult {
  const result = parseSync(file.path, file.text);
  const fault = result.errors.find((error) => error.severity === "Error");
  if (fault !== undefined) throw new Error(`${file.path} does not parse: ${fault.message}`);
  return result;
}

/** The module specifiers of a file: static imports, re-exports, `import("literal")` and `import("x").T` in types. */
export function findImports(file: RepositoryFile): Import[] {
  const { module, program } = parse(file);
  const found: Import[] = module.staticImports.map((statement) => ({
    specifier: statement.moduleRequest.value,
    typeOnly: statement.entries.length > 0 && statement.entries.every((entry) => entry.isType),
  }));
  for (const statement of module.staticExports) {
    for (const entry of statement.entries) {
      if (entry.moduleRequest != null) found.push({ specifier: entry.moduleRequest.value, typeOnly: entry.isType });
    }
  }
  for (const dynamic of module.dynamicImports) {
    const source = file.text.slice(dynamic.moduleRequest.start, dynamic.moduleRequest.end);
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(source)?.[1];
    if (literal !== undefined) found.push({ specifier: literal, typeOnly: false });
  }
  new Visitor({
    TSImportType(node) {
      found.push({ specifier: node.source.value, typeOnly: true });
    },
  }).visit(program);
  return found;
}

/** `@scope/name` or `name` of a bare specifier; null for relative, `node:` and `#` specifiers. */
export function getPackage(specifier: string): string | null {
  if (/^(\.|\/|#|node:)/.test(specifier)) return null;
  const [first, second] = specifier.split("/");
  return specifier.startsWith("@") ? `${first}/${second}` : (first as string);
}

export interface Workspace {
  /** `packages/kafka` */
  readonly folder: string;
  /** `@inlet/kafka` */
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** The workspaces, and the root itself as folder `""`. */
export function findWorkspaces(files: readonly RepositoryFile[]): Workspace[] {
  return files
    .filter((file) => /^((packages|services)\/[^/]+\/|schemas\/|test\/)?package\.json$/.test(file.path))
    .map((file) => {
      const manifest = JSON.parse(file.text) as Manifest;
      return {
        folder: file.path.replace(/\/?package\.json$/, ""),
        name: manifest.name ?? "",
        dependencies: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
        devDependencies: Object.keys(manifest.devDependencies ?? {}),
      };
    });
}

/** The workspace a file lies in; the root for scripts and configuration. */
export function findWorkspace(path: string, workspaces: readonly Workspace[]): Workspace {
  const found =
    workspaces.find((workspace) => workspace.folder !== "" && path.startsWith(`${workspace.folder}/`)) ??
    workspaces.find((workspace) => workspace.folder === "");
  if (found === undefined) throw new Error(`${path} lies in no workspace and there is no root package.json`);
  return found;
}

/** Said by every guard: what it looked at. A guard that looked at nothing must fail, not pass. */
export function report(guard: string, looked: Readonly<Record<string, number>>): void {
  const parts = Object.entries(looked).map(([what, count]) => `${count} ${what}`);
  console.log(`architecture: ${guard}: looked at ${parts.join(", ")}`);
  for (const [what, count] of Object.entries(looked)) {
    if (count === 0) throw new Error(`the guard "${guard}" looked at no ${what}: it checks nothing`);
  }
}
