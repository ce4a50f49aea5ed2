import { asRows, type Database } from "../database.ts";
import type { Admission, Candidate } from "./admit.ts";
import { compareOrder } from "./record-order.ts";

/** What `admit` would say of a record, with how its delivery ended where that is why nothing is done. Nothing is written. */
export type Preview =
  | Admission
  /** Written or suppressed with this very content and under this very mapping. */
  | { readonly verdict: "unchanged"; readonly state: "written" | "suppressed" }
  | { readonly verdict: "dead_lettered" };

interface Row {
  i: number;
  state: string | null;
  stage: string | null;
  pass: number;
  attempt: number;
  starts: number;
  email_key: string | null;
  content_hash: string | null;
  mapping_version: string | null;
  order_pass: number | null;
  order_parsed_at: number | null;
}

type Asked = Pick<
  Candidate,
  "tenant" | "eventId" | "contentHash" | "mappingVersion" | "parsedAt" | "pass" | "emailKey"
>;

/**
 * What `admit` would say of these records, however many, in one look-up that takes no locks: of a replay most are unchanged, and each needs no
 * transaction of its own. The rules are those of admit.ts, and a test holds both to each other.
 */
export async function previewAdmissions(database: Database, asked: readonly Asked[]): Promise<Preview[]> {
  const rows = await database.query<Row>(
    `select r.i, d.state, d.stage, d.pass, d.attempt, d.deliver_starts as starts, d.email_key, d.content_hash, d.mapping_version,
            d.order_pass, d.order_parsed_at
       from jsonb_to_recordset($1::jsonb) as r (i int, tenant text, event_id text)
            left join deliveries d on d.tenant = r.tenant and d.event_id = r.event_id`,
    [asRows(asked.map(({ tenant, eventId }, i) => ({ i, tenant, event_id: eventId })))],
  );
  const found = new Map(rows.map((row) => [row.i, row]));
  return asked.map((candidate, i) => previewOne(found.get(i), candidate));
}

function previewOne(row: Row | undefined, candidate: Asked): Preview {
  if (row === undefined || row.state === null)
    return { verdict: "deliver", pass: candidate.pass, attempt: 0, starts: 1, emailKey: candidate.emailKey };
  const order = compareOrder(candidate, { pass: row.order_pass ?? 0, parsedAt: row.order_parsed_at ?? 0 });
  const deliver: Preview = {
    verdict: "deliver",
    pass: row.state === "dead_lettered" ? Math.max(candidate.pass, row.pass + 1) : Math.max(candidate.pass, row.pass),
    attempt: row.state === "dead_lettered" || row.state === "waiting" ? 0 : row.attempt,
    starts: row.starts + 1,
    emailKey: row.email_key ?? candidate.emailKey,
  };
  switch (row.state) {
    case "waiting":
      if (row.stage === "parse") return candidate.pass >= row.pass ? deliver : { verdict: "stale" };
      return { verdict: "waiting", newer: order > 0 };
    case "dead_lettered":
      return candidate.pass > row.pass ? deliver : { verdict: "dead_lettered" };
    case "written":
    case "suppressed":
      if (row.content_hash === candidate.contentHash && row.mapping_version === candidate.mappingVersion)
        return { verdict: "unchanged", state: row.state };
      return order >= 0 ? deliver : { verdict: "stale" };
    default:
      return order >= 0 ? deliver : { verdict: "stale" };
  }
}
