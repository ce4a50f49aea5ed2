import type { Tenants } from "@inlet/config";
import { findSourceKind, type SourceKind } from "@inlet/sources";
import type { FastifyRequest } from "fastify";
import { getInbound, type HttpKind } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";

/** Finds the tenant's source by the path. Unknown tenant and unknown source are answered alike. */
export function resolveSource(tenants: Tenants, kinds?: readonly SourceKind[]) {
  return async function resolveSourceStep(request: FastifyRequest): Promise<void> {
    const params = request.params as { tenant: string; source: string };
    const tenant = tenants.get(params.tenant);
    if (tenant === undefined) refuseWhileBroken(tenants, params.tenant);
    const source = tenant?.sources.get(params.source);
    const kind = source === undefined ? undefined : toHttpKind(findSourceKind(source.kind, kinds));
    if (tenant === undefined || source === undefined || kind === undefined) {
      throw new Problem("source_unknown", {
        detail: "Check tenant and source in the path: /v1/inbound/{tenant}/{source}",
      });
    }
    getInbound(request).endpoint = { tenant, source, kind };
  };
}

/** Undefined for a kind whose mail comes otherwise. */
export function toHttpKind(kind: SourceKind | undefined): HttpKind | undefined {
  return kind?.verification ? { ...kind, verification: kind.verification } : undefined;
}

/** Seconds after which a sender may try again: a file that is repaired is taken over at once. */
const BROKEN_RETRY_AFTER_S = 60;

/** An answer that says "no such tenant" would make providers throw its email away: while its file is broken they keep it. */
export function refuseWhileBroken(tenants: Tenants, id: string): void {
  if (!tenants.isBroken(id)) return;
  throw new Problem("tenant_unavailable", {
    detail: "The operator's log and `inlet tenants check` say what is wrong with the file; send it again later",
    retryAfter: BROKEN_RETRY_AFTER_S,
  });
}
