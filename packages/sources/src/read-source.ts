import { bytes, buildNetworks, secretList, size, type SettingsReading } from "@inlet/settings";
import { z } from "zod";
import type { SourceKind } from "./kind.ts";
import { getSourceKind, SOURCE_KINDS } from "./registry.ts";
import { MOST_BODY_BYTES, networkList, passwordFault, signingSecrets } from "./settings.ts";
import type { FieldFault, SourceFile, SourceSettings } from "./settings.ts";

/** `sources.<name>:` of a tenant's file as written. */
export function sourceFile(kinds: readonly SourceKind[] = SOURCE_KINDS): z.ZodType<SourceFile> {
  const names = kinds.map(({ name }) => name) as [string, ...string[]];
  return z.strictObject({
    kind: z.enum(names).meta({ description: "how requests of this source are signed and shaped" }),
    secrets: signingSecrets.optional().meta({
      description: `every secret that is valid now, the newest first: list the old and the new one while you rotate. ${describeSecrets(kinds)}`,
    }),
    maxBodySize: size.optional().meta({
      description:
        "largest request body or email, such as 32MiB (at most 64MiB); by default 32MiB, of providers what they send at most",
    }),
    allowFrom: networkList.optional().meta({
      description: "networks that this source's senders may come from, instead of the tenant's; without it anywhere",
    }),
    trustedAuthserv: z
      .array(z.string().regex(/^[^\s;"()]{1,255}$/, "is not an authserv-id"))
      .default([])
      .meta({
        description:
          "authserv-ids (RFC 8601) of mail servers that remove forged ones, whose topmost Authentication-Results count; of kind smtp only on what a relay of yours hands over",
      }),
    ...ownFields(kinds),
  });
}

export interface SourceReading extends SettingsReading {
  /** The tenant's `allowFrom`. */
  readonly allowFrom: readonly string[] | undefined;
}

/** A source as used; what is wrong goes to `reading.fault`, fields named relative to the source. */
export function readSource(
  name: string,
  file: SourceFile,
  reading: SourceReading,
  kinds: readonly SourceKind[] = SOURCE_KINDS,
): SourceSettings {
  const kind = getSourceKind(file.kind, kinds);
  const maxBodyBytes = file.maxBodySize === undefined ? kind.facts.largestBody : bytes(file.maxBodySize);
  if (maxBodyBytes > MOST_BODY_BYTES) reading.fault("maxBodySize", "is above 64MiB", "Lower it to 64MiB or less");
  for (const { field, problem, remedy } of sourceFaults(kind, file, kinds)) reading.fault(field, problem, remedy);
  const allowed = file.allowFrom ?? reading.allowFrom;
  const { secrets } = kind.settings;
  const check = "fault" in secrets ? (value: string) => secrets.fault(value) : undefined;
  return {
    name,
    kind: kind.name,
    secrets: reading.secrets("secrets", file.secrets ?? [], check),
    maxBodyBytes,
    allowFrom: allowed === undefined ? null : buildNetworks(allowed),
    trustedAuthserv: file.trustedAuthserv,
    basicAuth:
      file.basicAuth === undefined ? secretList([]) : reading.secrets("basicAuth", file.basicAuth, passwordFault),
    ...kind.settings.read(file, reading),
  };
}

/** What a source of its kind must have, or has without any meaning: a field of another kind has no effect, and anyone who wrote it takes it to have one. */
function sourceFaults(kind: SourceKind, file: SourceFile, kinds: readonly SourceKind[]): FieldFault[] {
  const { settings, name } = kind;
  const faults = [...takenBy(kinds)]
    .filter(
      ([field, takers]) => (file as unknown as Record<string, unknown>)[field] !== undefined && !takers.includes(name),
    )
    .map(([field, takers]) => ({
      field,
      problem: `has no meaning for kind ${name}`,
      remedy: `Remove it: only ${takers.join(", ")} ${takers.length === 1 ? "takes" : "take"} it`,
    }));
  faults.push(...(settings.faults?.(file) ?? []));
  if ("instead" in settings.secrets && file.secrets !== undefined) {
    const remedy = `Remove it: ${settings.secrets.instead}`;
    faults.push({ field: "secrets", problem: `has no meaning for kind ${name}`, remedy });
  }
  if (!("instead" in settings.secrets) && file.secrets === undefined) {
    const remedy = "List the source's secrets as env:NAME or file:PATH";
    faults.push({ field: "secrets", problem: "is missing", remedy });
  }
  return faults;
}

/** Names of the kinds that take a field, by the field. */
function takenBy(kinds: readonly SourceKind[]): Map<string, string[]> {
  const takers = new Map<string, string[]>();
  for (const { name, settings } of kinds) {
    for (const field of Object.keys(settings.fields)) takers.set(field, [...(takers.get(field) ?? []), name]);
  }
  return takers;
}

/** All fields of all kinds, each with the kinds that take it. */
function ownFields(kinds: readonly SourceKind[]): Record<string, z.ZodType> {
  const takers = takenBy(kinds);
  return Object.fromEntries(
    kinds.flatMap(({ settings }) =>
      Object.entries(settings.fields).map(([name, written]): [string, z.ZodType] => {
        const field = written as z.ZodType;
        const names = takers.get(name) ?? [];
        const of = `(kind${names.length === 1 ? "" : "s"} ${names.join(", ")})`;
        return [name, field.meta({ description: `${field.description ?? ""} ${of}`.trim() })];
      }),
    ),
  );
}

/** Of which kinds `secrets` are something of the provider's, and of which there are none. */
function describeSecrets(kinds: readonly SourceKind[]): string {
  const named = Map.groupBy(
    kinds.filter(({ settings }) => "what" in settings.secrets),
    ({ settings }) => ("what" in settings.secrets ? settings.secrets.what : ""),
  );
  const parts = [...named].map(
    ([what, of]) => `of kind${of.length === 1 ? "" : "s"} ${listed(of.map(({ name }) => name))} ${what}`,
  );
  const without = kinds.filter(({ settings }) => "instead" in settings.secrets).map(({ name }) => name);
  const text = [parts.join(", "), without.length === 0 ? "" : `${listed(without)} have none`].filter(
    (part) => part !== "",
  );
  return text.join("; ").replace(/^of/, "Of");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
