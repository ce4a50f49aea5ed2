/** SQL without an index: a conversation is found by its id, and a plan that goes by the tenant would read all that waits of it. */
export function buildTenantMatch(one: string, other: string): string {
  return `${one}.tenant || '' = ${other}.tenant`;
}
