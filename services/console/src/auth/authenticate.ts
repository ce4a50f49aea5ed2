import type { Access, Identity } from "@inlet/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../problem.ts";
import { SESSION_COOKIE } from "./cookie.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null where the caller is unknown. */
    identity: Identity | null;
  }
}

export interface AuthenticationDeps {
  readonly access: Pick<Access, "tokenIdentity" | "sessionIdentity">;
  /** A session that was not used for so long is over, ms. */
  readonly idleMs: number;
  /** Scheme, host and port under which people reach the console. */
  readonly origin: string;
}

const BEARER = /^Bearer ([\w-]{1,200})$/;
const CHANGES = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Knows who asks, by token or session, before any route; refuses changes that another site sends with a session's cookie. */
export function authenticate(app: FastifyInstance, deps: AuthenticationDeps): void {
  app.decorateRequest("identity", null);
  app.addHook("onRequest", async (request) => {
    request.identity = await identify(request, deps);
    if (CHANGES.has(request.method) && request.headers.authorization === undefined) checkOrigin(request, deps.origin);
  });
}

async function identify(request: FastifyRequest, { access, idleMs }: AuthenticationDeps): Promise<Identity | null> {
  const { authorization } = request.headers;
  // Who sends a token means that token: a session beside it does not help.
  if (authorization !== undefined) {
    const secret = BEARER.exec(authorization)?.[1];
    return secret === undefined ? null : access.tokenIdentity(secret);
  }
  const cookie = request.cookies[SESSION_COOKIE];
  return cookie === undefined || cookie === "" || cookie.length > 200 ? null : access.sessionIdentity(cookie, idleMs);
}

/** OWASP, "Verifying Origin With Standard Headers": browsers send Origin with every POST. */
function checkOrigin(request: FastifyRequest, origin: string): void {
  const site = request.headers["sec-fetch-site"];
  if (request.headers.origin !== origin || (site !== undefined && site !== "same-origin"))
    throw new Problem(403, "other-origin", `Changes come from ${origin} alone.`);
}
