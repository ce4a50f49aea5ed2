/** What may be done, and of which tenant. */
export interface Grant {
  readonly role: string;
  readonly tenant: string;
}

/** What people and machines may do (docs/guides/console.md). Each of them may read lists and journeys, which hold no content. */
export const ROLES = {
  ingest: "try an email without sending it",
  process: "hold a tenant's mail back and let it go, retry what waits",
  view: "see the content of emails",
  replay: "replay emails and dead letters, and direct such jobs",
  administer: "tokens and audit",
} as const;

export type Role = keyof typeof ROLES;

/** A grant of every tenant. */
export const EVERY_TENANT = "*";

/**
 * Whether grants allow what a role may do, for one tenant, or for all of them where `tenant` is null. Role null: any role will do.
 * What is not granted is not allowed.
 */
export function isAllowed(grants: readonly Grant[], role: Role | null, tenant: string | null): boolean {
  return grants.some(
    (grant) =>
      isRole(grant.role) &&
      (role === null || grant.role === role) &&
      (grant.tenant === EVERY_TENANT || (tenant !== null && grant.tenant === tenant)),
  );
}

/** The tenants that grants name; null where they cover every tenant. */
export function listGrantedTenants(grants: readonly Grant[]): string[] | null {
  const tenants = grants.filter(({ role }) => isRole(role)).map(({ tenant }) => tenant);
  return tenants.includes(EVERY_TENANT) ? null : [...new Set(tenants)].toSorted();
}

/** `view`, or `view:acme`; null where the role is none. */
export function parseGrant(text: string): Grant | null {
  const [role = "", tenant = EVERY_TENANT] = text.split(":", 2);
  return isRole(role) && tenant !== "" ? { role, tenant } : null;
}

/**
 * What each group may do, from `group=role:tenant|role` each.
 * @throws {RangeError} on a role that there is not
 */
export function parseGroupGrants(lines: readonly string[]): Map<string, Grant[]> {
  const grants = new Map<string, Grant[]>();
  for (const line of lines) {
    const [group = "", given = ""] = line.split("=", 2);
    for (const text of given.split("|")) {
      const grant = parseGrant(text);
      if (grant === null)
        throw new RangeError(`${line}: ${text} is none of the roles ${Object.keys(ROLES).join(", ")}`);
      grants.set(group.trim(), [...(grants.get(group.trim()) ?? []), grant]);
    }
  }
  return grants;
}

function isRole(role: string): role is Role {
  return Object.hasOwn(ROLES, role);
}
