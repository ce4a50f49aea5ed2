import type { Database } from "../database.ts";
import { createSecret, hashSecret, type Grant } from "./credentials.ts";

export interface SignInLinkRequest {
  /** Who signs in by it. */
  readonly actor: string;
  /** Who makes it; the same, unless it is said. */
  readonly createdBy?: string;
  readonly grants: readonly Grant[];
  readonly ttlMs: number;
}

/** Makes a link's secret, which signs in once; audited in the same statement. */
export async function createSignInLink(database: Database, request: SignInLinkRequest): Promise<string> {
  const secret = createSecret("");
  await database.query(
    `with made as (
       insert into sign_in_links (hash, actor, grants, expires_at)
       values ($1, $2, $3::jsonb, clock_timestamp() + $4 * interval '1 ms') returning actor, grants),
      swept as (delete from sign_in_links where expires_at < clock_timestamp() - interval '1 day')
     insert into audit (actor, action, detail)
       select $5, 'sign-in link created', jsonb_build_object('for', actor, 'grants', grants) from made`,
    [
      hashSecret(secret),
      request.actor,
      JSON.stringify(request.grants),
      request.ttlMs,
      request.createdBy ?? request.actor,
    ],
  );
  return secret;
}

/** Uses a link up. Null where it is unknown, too old, or was used before: of two at once one gets in. */
export async function takeSignInLink(
  database: Database,
  secret: string,
): Promise<{ actor: string; grants: readonly Grant[] } | null> {
  const [row] = await database.query<{ actor: string; grants: Grant[] }>(
    `update sign_in_links set used_at = clock_timestamp() where hash = $1 and used_at is null and expires_at > clock_timestamp()
      returning actor, grants`,
    [hashSecret(secret)],
  );
  return row ?? null;
}
