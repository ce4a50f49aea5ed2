import type { CallOptions, CallResult, CompanyInput, CompanyMatch, Written } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { createOrLeave, findByName } from "./load.ts";

/**
 * The oldest company (`res.partner` with `is_company`) whose website or email address is of this domain. Odoo keeps neither unique. An
 * archived one is no company any more.
 */
export async function findCompany(
  client: OdooClient,
  domain: string,
  options: CallOptions,
): Promise<CallResult<CompanyMatch | null>> {
  const signs = [
    ...websites(domain).map((pattern) => ["website", "=ilike", pattern]),
    ["email_normalized", "=like", `%@${domain}`],
  ];
  const any = [...signs.slice(1).map(() => "|"), ...signs];
  const search = [["is_company", "=", true], ["active", "=", true], ...any];
  const found = await client.rows("res.partner", search, ["id"], { ...options, order: "id", limit: 2 });
  if (!found.ok) return found;
  const [oldest, second] = found.value;
  return {
    ok: true,
    value: oldest === undefined ? null : { recordId: String(oldest.id), several: second !== undefined },
  };
}

/** A company under an external id that follows from its domain: it is made once. */
export async function createCompany(
  client: OdooClient,
  { domain, name }: CompanyInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const fields = { name, is_company: "1", website: `https://${domain}` };
  return createOrLeave(client, "res.partner", externalName("company", domain), fields, options);
}

/** The company that Inlet made for the domain. */
export async function readCompany(
  client: OdooClient,
  domain: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  return findByName(client, "res.partner", externalName("company", domain), options);
}

/** What people write into the field, with the scheme that Odoo adds where they wrote none. */
function websites(domain: string): string[] {
  const hosts = [domain, `www.${domain}`].flatMap((host) => [`http://${host}`, `https://${host}`]);
  return hosts.flatMap((origin) => [origin, `${origin}/%`]);
}
