import { isAllowed, listGrantedTenants } from "@inlet/domain";
import { z } from "zod";
import type { AnyScreen, Viewer } from "./screen.ts";

/** Which tenants a viewer sees where an address names none. */

/** Whether a screen can show one tenant's share of what it shows of all, by `?tenant=`. */
export function takesTenant({ path, query }: Pick<AnyScreen, "path" | "query">): boolean {
  return query instanceof z.ZodObject && "tenant" in query.shape && !path.includes(":tenant");
}

/** The first tenant whose share of a screen a viewer may see. Null: none, or the screen shows no shares. */
export function findOwnTenant(screen: AnyScreen, viewer: Pick<Viewer, "grants">): string | null {
  if (!takesTenant(screen)) return null;
  const tenants = listGrantedTenants(viewer.grants) ?? [];
  return tenants.find((tenant) => isAllowed(viewer.grants, screen.role, tenant)) ?? null;
}

/** Where a screen shows a viewer what is theirs; null where it shows them nothing. */
export function findOwnAddress(screen: AnyScreen, viewer: Pick<Viewer, "grants">): string | null {
  if (isAllowed(viewer.grants, screen.role, null)) return screen.path;
  const tenant = findOwnTenant(screen, viewer);
  return tenant === null ? null : `${screen.path}?tenant=${encodeURIComponent(tenant)}`;
}
