import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { RawEnvironment } from "./raw-environment.ts";

/** `env:NAME` or `file:PATH`: the only two ways a tenant file may name a secret. */
export const SECRET_REFERENCE = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

export type Resolved =
  | { readonly ok: true; readonly value: string; readonly file: string | null }
  | { readonly ok: false; readonly problem: string; readonly remedy: string; readonly file: string | null };

/**
 * What a reference stands for. `env:NAME` also follows `NAME_FILE`; a relative `file:` path counts from `baseDir`. The newline at
 * the end of a file is no part of the value. `file` is the file that was read, so that a change of it can be noticed.
 */
export function resolveReference(reference: string, env: RawEnvironment, baseDir: string): Resolved {
  if (reference.startsWith("file:")) return fromFile(resolve(baseDir, reference.slice("file:".length)), reference);
  const name = reference.slice("env:".length);
  const value = env[name];
  if (value !== undefined && value !== "") return { ok: true, value, file: null };
  const path = env[`${name}_FILE`];
  if (path !== undefined && path !== "") return fromFile(resolve(path), `env:${name}_FILE`);
  return {
    ok: false,
    problem: `refers to ${reference}, which is not set`,
    remedy: `Set ${name} (or ${name}_FILE) in the environment of the service`,
    file: null,
  };
}

function fromFile(path: string, reference: string): Resolved {
  const faulty = (problem: string): Resolved => ({
    ok: false,
    problem: `refers to ${reference}, ${problem}`,
    remedy: "Write the secret into that file, readable for the service",
    file: path,
  });
  try {
    const value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    return value === "" ? faulty("which is empty") : { ok: true, value, file: path };
  } catch (error) {
    return faulty(`which cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`);
  }
}
