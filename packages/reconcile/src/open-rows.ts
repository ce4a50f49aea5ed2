import { FIRST_KEY, type AccountRow, type RowKey } from "@inlet/ledger";
import type { Findings } from "./findings.ts";
import { findEvidence, isInLog, getNextRecord, toPlace, type Positions } from "./delivery-guarantee.ts";
import { PAGE, isYoung, lookAgain, type Looking } from "./looking.ts";

const OPEN = ["accepted", "parsed", "delivering", "waiting"] as const;

/** Rows that have not ended and that nothing proves to be in flight, and dead letters that are gone; page by page. Answers how many rows it saw. */
export async function checkOpenRows(looking: Looking, findings: Findings): Promise<number> {
  let seen = 0;
  for (const state of [...OPEN, "dead_lettered"] as const) {
    const isSuspect =
      state === "dead_lettered"
        ? (row: AccountRow, positions: Positions) => lacksDeadLetter(row, positions, looking.now())
        : (row: AccountRow, positions: Positions) =>
            (OPEN as readonly string[]).includes(row.state) && findEvidence(row, positions) === null;
    for (let after: RowKey | undefined = FIRST_KEY; after !== undefined;) {
      const page: AccountRow[] = await looking.accounts.rowsInState(state, after, PAGE);
      after = page.length < PAGE ? undefined : page.at(-1);
      seen += page.length;
      const positions = await looking.positions();
      const suspects = page.filter((row) => isSuspect(row, positions));
      // Where a thousand are lost already the others need no patience.
      const patience = findings.notListed() > 0 ? { ...looking, pauseMs: [0] } : looking;
      for (const row of await lookAgain(patience, suspects, isSuspect)) {
        if (row.state === "dead_lettered")
          findings.fault(
            `${row.tenant}/${row.eventId}: dead-lettered, but its dead letter is not in the dlq any more: it cannot be replayed`,
          );
        else findings.lose({ tenant: row.tenant, eventId: row.eventId, state: row.state, why: whyLost(row) });
      }
    }
  }
  return seen;
}

function lacksDeadLetter(row: AccountRow, positions: Positions, now: number): boolean {
  if (row.state !== "dead_lettered" || !isYoung("dlq", row.endedAt, now)) return false;
  return row.deadLetter === null || !isInLog(row.deadLetter, positions.get(toPlace(row.deadLetter)));
}

function whyLost(row: AccountRow): string {
  if (row.state === "waiting") return "it waits, but its waiting row is gone";
  const at = getNextRecord(row);
  if (at === null) return "no record of it is known";
  return `its record ${toPlace(at)}/${at.offset} is read (or gone), it does not wait, and no lease is held`;
}

/** Waiting rows without a delivery that waits, and those whose record was left in Kafka and is no longer there. */
export async function checkWaitingRows(looking: Looking, findings: Findings): Promise<number> {
  let seen = 0;
  for (let after: RowKey | undefined = FIRST_KEY; after !== undefined;) {
    const page: Awaited<ReturnType<Looking["accounts"]["waitingAfter"]>> = await looking.accounts.waitingAfter(
      after,
      PAGE,
    );
    after = page.length < PAGE ? undefined : page.at(-1);
    seen += page.length;
    for (const { tenant, eventId } of page.filter(({ state }) => state === null))
      findings.lose({ tenant, eventId, state: "no row", why: "it waits, but its delivery row is gone" });
    const stray = page.filter(({ state }) => state !== null && state !== "waiting");
    const isStray = (row: AccountRow): boolean => row.hasWaitingRow && row.state !== "waiting";
    for (const { tenant, eventId } of await lookAgain(looking, stray, isStray))
      findings.fault(`${tenant}/${eventId}: a waiting row whose delivery does not wait`);

    const positions = await looking.positions();
    const gone = page.filter(({ hasBytes, at }) => !hasBytes && !isInLog(at, positions.get(toPlace(at))));
    if (gone.length === 0) continue;
    const places = new Map(gone.map((each) => [`${each.tenant}/${each.eventId}`, each.at]));
    const stillGone = (row: AccountRow, now: Positions): boolean => {
      const at = places.get(`${row.tenant}/${row.eventId}`);
      return row.hasWaitingRow && at !== undefined && !isInLog(at, now.get(toPlace(at)));
    };
    for (const { tenant, eventId } of await lookAgain(looking, gone, stillGone))
      findings.lose({ tenant, eventId, state: "waiting", why: "it waits for its record in Kafka, which is gone" });
  }
  return seen;
}

/** Events that the journey tells of, without a delivery row. */
export async function checkJourney(looking: Pick<Looking, "accounts">, findings: Findings): Promise<void> {
  for (let after: RowKey | undefined = FIRST_KEY; after !== undefined;) {
    const page: Awaited<ReturnType<Looking["accounts"]["toldAfter"]>> = await looking.accounts.toldAfter(after, PAGE);
    after = page.length < PAGE ? undefined : page.at(-1);
    for (const { tenant, eventId } of page.filter(({ hasRow }) => !hasRow))
      findings.lose({ tenant, eventId, state: "no row", why: "the ledger tells of it, but its delivery row is gone" });
  }
}
