import { randomUUID } from "node:crypto";
import type { Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";
import { createSecret, hashSecret, type Grant, type Identity } from "./credentials.ts";

export const TOKEN_PREFIX = "inlet_";

export interface TokenRequest {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly createdBy: string;
  /** Null: until it is revoked. */
  readonly ttlMs: number | null;
}

/** A token as it is listed: never its secret. Times are epoch ms. */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

/** Makes a token; the secret is told this once. Audited in the same statement. */
export async function createToken(database: Database, request: TokenRequest): Promise<{ id: string; secret: string }> {
  const id = `tok_${randomUUID()}`;
  const secret = createSecret(TOKEN_PREFIX);
  await database.query(
    `with made as (
       insert into access_tokens (id, name, hash, grants, created_by, expires_at)
       values ($1, $2, $3, $4::jsonb, $5, clock_timestamp() + $6 * interval '1 ms') returning *)
     insert into audit (actor, action, detail)
     select created_by, 'token created', jsonb_build_object('token', id, 'name', name, 'grants', grants) from made`,
    [id, request.name, hashSecret(secret), JSON.stringify(request.grants), request.createdBy, request.ttlMs],
  );
  return { id, secret };
}

/** Whose a token is; null where it is unknown, expired or revoked. Its last use is noted to the minute. */
export async function findTokenIdentity(database: Database, secret: string): Promise<Identity | null> {
  if (!secret.startsWith(TOKEN_PREFIX)) return null;
  const [row] = await database.query<{ id: string; name: string; grants: Grant[]; stale: boolean }>(
    `select id, name, grants, coalesce(last_used_at < clock_timestamp() - interval '1 minute', true) as stale from access_tokens
      where hash = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`,
    [hashSecret(secret)],
  );
  if (row === undefined) return null;
  if (row.stale)
    await database.query("update access_tokens set last_used_at = clock_timestamp() where id = $1", [row.id]);
  return { id: row.id, kind: "token", actor: `token:${row.name}`, grants: row.grants };
}

/** The newest first, those that are no good any more included. */
export async function listTokens(database: Database): Promise<AccessToken[]> {
  return database.query<AccessToken>(
    `select id, name, grants, created_by as "createdBy", ${epochMs("created_at")} as "createdAt", ${epochMs("expires_at")} as "expiresAt",
            ${epochMs("last_used_at")} as "lastUsedAt", ${epochMs("revoked_at")} as "revokedAt"
       from access_tokens order by created_at desc, id limit 1000`,
  );
}

/** Ends a token at once; audited in the same statement. False where there is none that was good. */
export async function revokeToken(database: Database, id: string, actor: string): Promise<boolean> {
  const rows = await database.query(
    `with ended as (update access_tokens set revoked_at = clock_timestamp() where id = $1 and revoked_at is null returning id, name),
          told as (insert into audit (actor, action, detail)
                   select $2, 'token revoked', jsonb_build_object('token', id, 'name', name) from ended)
     select id from ended`,
    [id, actor],
  );
  return rows.length > 0;
}
