import type { RawEnvironment } from "./environment.ts";
import { listTenantFiles, readFile } from "./load-tenants.ts";
import type { ConfigFault, TenantConfig } from "./types.ts";

/** A tenant as `inlet tenants check` shows it: JSON-safe, secrets only counted. */
export interface TenantExplanation {
  readonly id: string;
  readonly name: string;
  readonly isolation: string;
  readonly lane: string;
  readonly sources: readonly {
    name: string;
    kind: string;
    secrets: number;
    maxBodyBytes: number;
    allowFrom: readonly string[];
    path: string | null;
  }[];
  readonly mailboxes: TenantConfig["mailboxes"];
  readonly unknownRecipients: TenantConfig["unknownRecipients"];
  readonly classes: TenantConfig["classes"];
  readonly crm: Omit<TenantConfig["crm"], "token"> & { readonly tokens: number };
  readonly rateLimit: TenantConfig["rateLimit"];
  readonly maxAgeMs: number;
  readonly mappingVersion: string;
}

/** Reads every tenant file of a directory and says what each means and what is wrong; throws nothing, starts nothing. */
export function explainTenants(
  dir: string,
  env: RawEnvironment,
): { readonly tenants: readonly TenantExplanation[]; readonly faults: readonly ConfigFault[] } {
  const found = listTenantFiles(dir);
  const readings = found.files.map(([id, path]) => readFile(id, path, env, dir));
  return {
    tenants: readings.flatMap(({ tenant }) => (tenant === null ? [] : [explain(tenant)])),
    faults: [...found.faults, ...readings.flatMap(({ faults }) => faults)],
  };
}

function explain(tenant: TenantConfig): TenantExplanation {
  const { token, ...crm } = tenant.crm;
  return {
    id: tenant.id,
    name: tenant.name,
    isolation: tenant.isolation,
    lane: tenant.lane,
    sources: [...tenant.sources.values()].map(({ name, kind, secrets, maxBodyBytes, allowFrom }) => ({
      name,
      kind,
      secrets: secrets.reveal().length,
      maxBodyBytes,
      allowFrom: allowFrom?.list ?? [],
      path: kind === "smtp" ? null : `/v1/inbound/${tenant.id}/${name}`,
    })),
    mailboxes: tenant.mailboxes,
    unknownRecipients: tenant.unknownRecipients,
    classes: tenant.classes,
    crm: { ...crm, tokens: token.reveal().length },
    rateLimit: tenant.rateLimit,
    maxAgeMs: tenant.maxAgeMs,
    mappingVersion: tenant.mappingVersion,
  };
}
