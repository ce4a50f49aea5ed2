import type { Environment, Tenants } from "../types.ts";

/** Every secret of config/demo.env holds these words, plainly or inside its base64. They are public: anyone may have them. */
export const DEMO_MARK = "demo-not-secret";

/** Where a public demo secret is in use (`demo: sources.signed-json`); values never show. */
export function demoSecretsInUse(environment: Environment, tenants: Tenants | null): string[] {
  const found: string[] = [];
  if (environment.urlSigningKeys.some(isDemo)) found.push("URL_SIGNING_KEYS");
  if (environment.searchKey !== null && isDemo(environment.searchKey)) found.push("SEARCH_KEY");
  for (const tenant of tenants?.all() ?? []) {
    for (const source of tenant.sources.values()) {
      if ([...source.secrets.reveal(), ...source.basicAuth.reveal()].some(isDemo))
        found.push(`${tenant.id}: sources.${source.name}`);
    }
    if (tenant.outbound?.secrets.reveal().some(isDemo) === true) found.push(`${tenant.id}: outbound`);
    if (tenant.crm.token.reveal().some(isDemo)) found.push(`${tenant.id}: crm.token`);
    const { oauth } = tenant.crm;
    if ([...(oauth?.clientSecret.reveal() ?? []), ...(oauth?.refreshToken?.reveal() ?? [])].some(isDemo))
      found.push(`${tenant.id}: crm.oauth`);
  }
  return found;
}

/**
 * Warns, once and loudly, when a service that is reached by https runs with secrets that are printed in Inlet's repository.
 * Returns whether it did.
 */
export function warnOfDemoSecrets(
  environment: Environment,
  tenants: Tenants | null,
  log: { warn(fields: Record<string, unknown>, message: string): void },
): boolean {
  const found = environment.publicUrl.startsWith("https:") ? demoSecretsInUse(environment, tenants) : [];
  if (found.length > 0) {
    log.warn(
      { code: "demo_secrets", settings: found },
      "DEMO SECRETS IN USE behind https: they are public, anyone can sign email into this system. Replace each of them.",
    );
  }
  return found.length > 0;
}

function isDemo(secret: string): boolean {
  if (secret.includes(DEMO_MARK)) return true;
  const encoded = secret.startsWith("whsec_") ? secret.slice("whsec_".length) : secret;
  return Buffer.from(encoded, "base64").includes(DEMO_MARK);
}
