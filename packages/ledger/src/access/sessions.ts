import { randomUUID } from "node:crypto";
import type { Database } from "../database.ts";
import { createSecret, hashSecret, type Grant, type Identity } from "./credentials.ts";

export interface SessionRequest {
  readonly actor: string;
  readonly grants: readonly Grant[];
  /** The address that signed in. */
  readonly origin: string | null;
  readonly ttlMs: number;
}

/** Begins a session; audited in the same statement. The secret belongs into the cookie, and stands nowhere else. */
export async function createSession(
  database: Database,
  request: SessionRequest,
): Promise<{ id: string; secret: string }> {
  const id = `ses_${randomUUID()}`;
  const secret = createSecret("");
  await database.query(
    `with made as (
       insert into console_sessions (id, hash, actor, grants, origin, expires_at)
       values ($1, $2, $3, $4::jsonb, $5, clock_timestamp() + $6 * interval '1 ms') returning *)
     insert into audit (actor, action, origin, detail)
     select actor, 'signed in', origin, jsonb_build_object('session', id, 'grants', grants) from made`,
    [id, hashSecret(secret), request.actor, JSON.stringify(request.grants), request.origin, request.ttlMs],
  );
  return { id, secret };
}

/** Whose a session is; null where it is unknown, over, or was not used for `idleMs`. That it was used is noted to the minute. */
export async function findSessionIdentity(
  database: Database,
  secret: string,
  idleMs: number,
): Promise<Identity | null> {
  const [row] = await database.query<{ id: string; actor: string; grants: Grant[]; stale: boolean }>(
    `select id, actor, grants, last_seen_at < clock_timestamp() - interval '1 minute' as stale from console_sessions
      where hash = $1 and revoked_at is null and expires_at > clock_timestamp()
        and last_seen_at > clock_timestamp() - $2 * interval '1 ms'`,
    [hashSecret(secret), idleMs],
  );
  if (row === undefined) return null;
  if (row.stale)
    await database.query("update console_sessions set last_seen_at = clock_timestamp() where id = $1", [row.id]);
  return { id: row.id, kind: "session", actor: row.actor, grants: row.grants };
}

/** Signs out; audited in the same statement. False where the session was over. */
export async function revokeSession(database: Database, id: string, actor: string): Promise<boolean> {
  const rows = await database.query(
    `with ended as (update console_sessions set revoked_at = clock_timestamp() where id = $1 and revoked_at is null returning id),
          told as (insert into audit (actor, action, detail) select $2, 'signed out', jsonb_build_object('session', id) from ended)
     select id from ended`,
    [id, actor],
  );
  return rows.length > 0;
}
