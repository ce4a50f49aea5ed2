import { readFile } from "node:fs/promises";
import path from "node:path";
import { findSourceKind, SOURCE_KINDS, type SourceKind, type SourceSettings } from "@inlet/sources";
import { CommandFailed, UsageError } from "./context.ts";
import type { Signer } from "./deliver.ts";
import { findSource } from "./source-secret.ts";

export interface SignerOptions {
  readonly tenant: string;
  readonly source: string;
  /** One of {@link SENDABLE_KINDS}. */
  readonly as?: string;
  readonly secret?: string;
  readonly key?: string;
  readonly form?: "parsed" | "raw";
}

/** Names of the kinds that Inlet's own command can speak. */
export const SENDABLE_KINDS: readonly string[] = SOURCE_KINDS.filter(({ encoder }) => encoder !== null).map(
  ({ name }) => name,
);

/** How to sign for a source: from the tenant's file, or as the options say. Throws {@link UsageError} and {@link CommandFailed}. */
export async function findSigner(
  options: SignerOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Signer> {
  const needsFile = options.as === undefined || options.secret === undefined;
  const source = needsFile ? findSource(options.tenant, options.source, env) : null;
  if (source === null && needsFile) {
    throw new CommandFailed(
      `there is no file of tenant ${options.tenant} in ${env["TENANTS_DIR"]}. Set TENANTS_DIR, or give --as and --secret.`,
    );
  }
  const kind = findSourceKind(options.as ?? source?.kind ?? "");
  if (kind === undefined || kind.encoder === null) {
    throw new UsageError(
      `inlet send cannot speak ${source?.kind ?? "this kind"}; it speaks ${SENDABLE_KINDS.join(", ")}`,
    );
  }
  const privateKey = await privateKeyFor(kind, source, options, env);
  const secret =
    options.secret ??
    source?.secrets.reveal()[0] ??
    source?.basicAuth.reveal()[0] ??
    (privateKey === null ? undefined : "");
  if (secret === undefined)
    throw new CommandFailed(`source ${options.source} has no secret to sign with. Give --secret.`);
  return {
    kind: kind.name,
    secret,
    privateKey,
    settings: source,
    rawForm: options.form === undefined ? /(mime|raw)$/.test(options.source) : options.form === "raw",
  };
}

async function privateKeyFor(
  { name, encoder }: SourceKind,
  source: SourceSettings | null,
  options: SignerOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const needed = encoder?.needsKey?.(source) === true;
  const sample =
    options.tenant === "demo" ? path.join(env["TENANTS_DIR"] ?? "", "..", "demo", encoder?.sampleKey ?? "") : undefined;
  const file = options.key ?? (needed ? sample : undefined);
  if (file === undefined) {
    if (needed)
      throw new UsageError(`requests of kind ${name} are signed by the provider's private key: give one with --key`);
    return null;
  }
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${file} cannot be read (${error.code ?? error.name}). Give the private key with --key.`);
  });
}
