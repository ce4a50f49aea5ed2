import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { RecordName } from "@inlet/schemas";
import type { SampleName } from "./samples.ts";

const GOLDEN = new URL("golden/", import.meta.url);
const SCHEMAS = new URL("../../schemas/", import.meta.url);
const RELEASED = new URL("released-schemas.json", import.meta.url);

/** The schema id in the prefix of every golden file; the registry's real ids differ from place to place. */
export const GOLDEN_ID = 0x01020304;

/** A released version's bytes of one value: what is already in Kafka somewhere. */
export interface Golden {
  readonly value: Record<string, unknown>;
  /** Confluent wire format with GOLDEN_ID. */
  readonly bytes: Buffer;
}

/** Null where the version has no golden file of that name. */
export function readGolden(record: RecordName, version: number, sample: SampleName): Golden | null {
  const [json, hex] = [goldenFile(record, version, sample, "json"), goldenFile(record, version, sample, "hex")];
  if (!existsSync(json) || !existsSync(hex)) return null;
  const value = JSON.parse(readFileSync(json, "utf8"), reviveBytes) as Record<string, unknown>;
  return { value, bytes: Buffer.from(readFileSync(hex, "utf8").replaceAll(/\s/g, ""), "hex") };
}

export function writeGolden(record: RecordName, version: number, sample: SampleName, golden: Golden): void {
  const lines = golden.bytes.toString("hex").match(/.{1,120}/g) ?? [];
  writeFileSync(goldenFile(record, version, sample, "json"), `${JSON.stringify(golden.value, showBytes, 2)}\n`);
  writeFileSync(goldenFile(record, version, sample, "hex"), `${lines.join("\n")}\n`);
}

/** Hex SHA-256 by file below `schemas/`, as written down when the file was released. */
export function releasedHashes(): Record<string, string> {
  return existsSync(RELEASED) ? (JSON.parse(readFileSync(RELEASED, "utf8")) as Record<string, string>) : {};
}

export function writeReleasedHashes(hashes: Record<string, string>): void {
  writeFileSync(RELEASED, `${JSON.stringify(hashes, null, 2)}\n`);
}

export function hashSchema(file: string): string {
  return createHash("sha256")
    .update(readFileSync(new URL(file, SCHEMAS)))
    .digest("hex");
}

/** Every `.avsc` below `schemas/`. */
export function schemaFiles(): string[] {
  return readdirSync(SCHEMAS, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".avsc") && !file.includes("node_modules/"));
}

function goldenFile(record: RecordName, version: number, sample: SampleName, extension: "json" | "hex"): URL {
  return new URL(`${record}.v${version}.${sample}.${extension}`, GOLDEN);
}

function showBytes(_key: string, value: unknown): unknown {
  const json = value as { type?: unknown; data?: unknown } | null;
  if (typeof value !== "object" || json?.type !== "Buffer" || !Array.isArray(json.data)) return value;
  return { $bytes: Buffer.from(json.data as number[]).toString("hex") };
}

function reviveBytes(_key: string, value: unknown): unknown {
  const json = value as { $bytes?: unknown } | null;
  return typeof value === "object" && typeof json?.$bytes === "string" ? Buffer.from(json.$bytes, "hex") : value;
}
