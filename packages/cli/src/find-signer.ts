import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SourceConfig } from "@inlet/config";
import { CommandFailed, UsageError } from "./context.ts";
import { SENDABLE_KINDS } from "./build-request.ts";
import type { SendableKind, ToSend } from "./build-request.ts";
import { findSource } from "./source-secret.ts";

export interface SignerOptions {
  readonly tenant: string;
  readonly source: string;
  readonly as?: SendableKind;
  readonly secret?: string;
  readonly key?: string;
  readonly form?: "parsed" | "raw";
}

export type Signer = Pick<ToSend, "kind" | "secret" | "privateKey" | "topicArn" | "rawForm">;

/** Kinds whose requests a private key signs, and where the sample tenant's lies. */
const KEYS: Partial<Record<SendableKind, string>> = {
  ses: "sns-signing-key.pem",
  sendgrid: "sendgrid-signing-key.pem",
};

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
  const kind = options.as ?? SENDABLE_KINDS.find((name) => name === source?.kind);
  if (kind === undefined) {
    throw new UsageError(
      `inlet send cannot speak ${source?.kind ?? "this kind"}; it speaks ${SENDABLE_KINDS.join(", ")}`,
    );
  }
  const privateKey = await privateKeyFor(kind, source, options, env);
  const secret =
    options.secret ??
    source?.secrets.reveal()[0] ??
    source?.basicAuth.reveal()[0] ??
    (privateKey === undefined ? undefined : "");
  if (secret === undefined)
    throw new CommandFailed(`source ${options.source} has no secret to sign with. Give --secret.`);
  return {
    kind,
    secret,
    privateKey,
    topicArn: source?.sns?.topicArns[0],
    rawForm: options.form === undefined ? /(mime|raw)$/.test(options.source) : options.form === "raw",
  };
}

async function privateKeyFor(
  kind: SendableKind,
  source: SourceConfig | null,
  options: SignerOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const needed = kind === "ses" || (kind === "sendgrid" && (source?.publicKeys.length ?? 0) > 0);
  const sample =
    options.tenant === "demo" ? path.join(env["TENANTS_DIR"] ?? "", "..", "demo", KEYS[kind] ?? "") : undefined;
  const file = options.key ?? (needed ? sample : undefined);
  if (file === undefined) {
    if (needed)
      throw new UsageError(`requests of kind ${kind} are signed by the provider's private key: give one with --key`);
    return undefined;
  }
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${file} cannot be read (${error.code ?? error.name}). Give the private key with --key.`);
  });
}
