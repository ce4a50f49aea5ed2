import type { Database } from "../database.ts";

export interface OperationRequest {
  readonly hash: Buffer;
  readonly fingerprint: Buffer;
}

export type RequestState =
  /** It is the caller's to do. */
  | { readonly state: "new" }
  | { readonly state: "under-way" }
  | { readonly state: "answered"; readonly answer: Buffer }
  /** Something else was asked under the same key. */
  | { readonly state: "another" };

/** One that has no answer by then was left by a process that ended. */
const LEFT = "interval '2 minutes'";
const KEPT = "interval '1 day'";
/** Of those that are over, a few go with each new one: no statement has many to do. */
const SWEPT = 100;

/** Notes that something is being asked; of two at once one is told that it is new. */
export async function beginRequest(database: Database, { hash, fingerprint }: OperationRequest): Promise<RequestState> {
  const taken = await database.query(
    `with swept as (
       delete from operation_requests where hash in (
         select hash from operation_requests where asked_at < clock_timestamp() - ${KEPT} and hash <> $1 order by asked_at limit ${SWEPT}
            for update skip locked))
     insert into operation_requests as o (hash, fingerprint) values ($1, $2)
     on conflict (hash) do update set fingerprint = excluded.fingerprint, asked_at = clock_timestamp(), answer = null
      where o.asked_at < clock_timestamp() - case when o.answer is null then ${LEFT} else ${KEPT} end
     returning hash`,
    [hash, fingerprint],
  );
  if (taken.length > 0) return { state: "new" };
  const [row] = await database.query<{ fingerprint: Buffer; answer: Buffer | null }>(
    "select fingerprint, answer from operation_requests where hash = $1",
    [hash],
  );
  // None: what was asked first was refused a moment ago.
  if (row === undefined) return beginRequest(database, { hash, fingerprint });
  if (!Buffer.from(row.fingerprint).equals(fingerprint)) return { state: "another" };
  return row.answer === null ? { state: "under-way" } : { state: "answered", answer: Buffer.from(row.answer) };
}

export async function answerRequest(database: Database, hash: Buffer, answer: Buffer): Promise<void> {
  await database.query("update operation_requests set answer = $2 where hash = $1", [hash, answer]);
}

/** Of what was refused nothing was done: it may be asked again. */
export async function forgetRequest(database: Database, hash: Buffer): Promise<void> {
  await database.query("delete from operation_requests where hash = $1 and answer is null", [hash]);
}

/** What was asked of the console's API, so that asked twice it is done once. */
export function requestsOn(database: Database) {
  return {
    begin: async (request: OperationRequest): Promise<RequestState> => beginRequest(database, request),
    answer: async (hash: Buffer, answer: Buffer): Promise<void> => answerRequest(database, hash, answer),
    forget: async (hash: Buffer): Promise<void> => forgetRequest(database, hash),
  };
}
