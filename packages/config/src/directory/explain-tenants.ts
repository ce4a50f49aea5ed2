import type { RawEnvironment } from "@inlet/settings";
import { listTenantFiles, readFile } from "./tenant-files.ts";
import type { ConfigFault, TenantConfig } from "../types.ts";

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
  /** Who may register sent messages; null where none may. */
  readonly outbound: { readonly secrets: number; readonly path: string } | null;
  readonly classes: TenantConfig["classes"];
  readonly matching: TenantConfig["matching"];
  readonly contactFrom: TenantConfig["contactFrom"];
  readonly crm: Omit<TenantConfig["crm"], "token"> & { readonly tokens: number };
  readonly rules: TenantConfig["rules"];
  readonly intents: TenantConfig["intents"];
  /** Of the addresses the hosts alone: a path may be a secret. */
  readonly notices: readonly { readonly name: string; readonly host: string; readonly secrets: number }[];
  readonly rateLimit: TenantConfig["rateLimit"];
  readonly maxAgeMs: number;
  readonly mappingVersion: string;
}

/** Reads every tenant file of a directory and says what each means and what is wrong; throws nothing, starts nothing. */
export function explainTenants(
  dir: string,
  env: RawEnvironment,
): {
  readonly tenants: readonly TenantExplanation[];
  readonly faults: readonly ConfigFault[];
  /** Address rules that several tenants have: by SMTP they are given to none of them; an HTTP source names its tenant. */
  readonly sharedRules: readonly { readonly rule: string; readonly tenants: readonly string[] }[];
} {
  const found = listTenantFiles(dir);
  const readings = found.files.map(([id, path]) => readFile(id, path, env, dir));
  const tenants = readings.flatMap(({ tenant }) => (tenant === null ? [] : [explain(tenant)]));
  return {
    tenants,
    sharedRules: sharedRules(tenants),
    faults: [...found.faults, ...readings.flatMap(({ faults }) => faults)],
  };
}

function sharedRules(tenants: readonly TenantExplanation[]): { rule: string; tenants: string[] }[] {
  const owners = new Map<string, Set<string>>();
  for (const { id, mailboxes } of tenants) {
    for (const rule of mailboxes.flatMap(({ addresses }) => addresses)) {
      owners.set(rule, (owners.get(rule) ?? new Set()).add(id));
    }
  }
  return [...owners].flatMap(([rule, ids]) => (ids.size > 1 ? [{ rule, tenants: [...ids] }] : []));
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
    outbound:
      tenant.outbound === null
        ? null
        : { secrets: tenant.outbound.secrets.reveal().length, path: `/v1/outbound-messages/${tenant.id}` },
    classes: tenant.classes,
    matching: tenant.matching,
    contactFrom: tenant.contactFrom,
    crm: { ...crm, tokens: token.reveal().length },
    rules: tenant.rules,
    intents: tenant.intents,
    notices: [...tenant.notifications.values()].map(({ name, url, secret }) => ({
      name,
      host: new URL(url).host,
      secrets: secret.reveal().length,
    })),
    rateLimit: tenant.rateLimit,
    maxAgeMs: tenant.maxAgeMs,
    mappingVersion: tenant.mappingVersion,
  };
}
