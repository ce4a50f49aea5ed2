import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { ROOT } from "../architecture/repository.ts";

export const CHART = "deploy/helm/inlet";
export const EXAMPLES = ["small", "production", "lane-acme"] as const;
export type Example = (typeof EXAMPLES)[number];

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
}

export function getExamplePath(example: Example): string {
  return `deploy/helm/examples/${example}.yaml`;
}

export function getRenderedPath(example: Example): string {
  return `test/helm/rendered/${example}.yaml`;
}

/** Of all that a rendering depends on: helm takes minutes to build, so CI holds what was rendered against this. */
export function hashChart(example: Example): string {
  const inChart = readdirSync(`${ROOT}${CHART}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
  const hash = createHash("sha256");
  for (const file of [...inChart, getExamplePath(example)].toSorted((a, b) => (a < b ? -1 : 1)))
    hash.update(`${file}\n${readFileSync(`${ROOT}${file}`, "utf8").replaceAll("\r\n", "\n")}\n`);
  return hash.digest("hex");
}

/** What helm made of the chart and an example; the first line says of which state of them. */
export function readRendered(example: Example): { readonly hash: string; readonly manifests: readonly Manifest[] } {
  const text = readFileSync(`${ROOT}${getRenderedPath(example)}`, "utf8");
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
  return {
    hash: /^# of (\w+)/.exec(text)?.[1] ?? "",
    manifests: manifests.filter((each) => each !== null),
  };
}

export function readValues(file: string): Record<string, unknown> {
  return parse(readFileSync(`${ROOT}${file}`, "utf8")) as Record<string, unknown>;
}

/** As helm merges values: objects by key, anything else is replaced. */
export function mergeValues(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = base[key];
    merged[key] = isMap(below) && isMap(value) ? mergeValues(below, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
