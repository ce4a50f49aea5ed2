import { asRows, type Database } from "../database.ts";
import type { PersonDigests } from "./person-digests.ts";

/** Whether an email is to be left alone since the person who wrote it was erased. */
export interface ErasureQuestion {
  readonly tenant: string;
  /** Of those who wrote it, as a contact's key has them. */
  readonly writers: readonly string[];
  /** When the gateway accepted it, epoch ms: what comes after an erasure is new mail. */
  readonly receivedAt: number;
}

/** Answers in the order of the questions, in one statement. */
export async function wereErased(
  database: Database,
  people: PersonDigests,
  questions: readonly ErasureQuestion[],
): Promise<boolean[]> {
  const asked = await Promise.all(
    questions.map(async ({ tenant, writers, receivedAt }, n) => ({
      n,
      tenant,
      people: await people.digest(tenant, writers),
      received_at: receivedAt,
    })),
  );
  const rows = await database.query<{ n: number }>(
    `select r.n from jsonb_to_recordset($1::jsonb) as r(n int, tenant text, people jsonb, received_at bigint)
      where exists (select from erasures e where e.tenant = r.tenant and e.accepted_at >= r.received_at
                       and e.person in (select jsonb_array_elements_text(r.people)))`,
    [asRows(asked)],
  );
  const erased = new Set(rows.map(({ n }) => n));
  return questions.map((_, n) => erased.has(n));
}
