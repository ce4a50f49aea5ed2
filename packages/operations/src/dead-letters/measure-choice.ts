import type { OperationDeps, Reach } from "../operation.ts";
import { findDeadLetters, freezeDeadLetters, isByFilter, type DeadLetterChoice } from "./choose-dead-letters.ts";
import { CALLS_AN_EMAIL } from "../guard/reach.ts";

/** How many dead letters a choice means, and whose. */
export async function measureChoice(deps: OperationDeps, choice: DeadLetterChoice): Promise<Reach> {
  if (!isByFilter(choice)) {
    const letters = await findDeadLetters(deps.ledger, choice.eventIds, choice.tenant);
    const ended = letters.flatMap(({ endedAt }) => (endedAt === null ? [] : [endedAt]));
    return toReach(
      letters.length,
      letters.map(({ tenant }) => tenant),
      ended,
      letters.map(({ eventId, tenant, reason, pass }) => ({ eventId, tenant, reason, pass: pass + 1 })),
    );
  }
  const set = await freezeDeadLetters(deps, choice);
  const [groups, lanes] = await Promise.all([deps.ledger.deadLetters.group(set), deps.ledger.deadLetters.count(set)]);
  return toReach(
    lanes.reduce((sum, { emails }) => sum + emails, 0),
    groups.map(({ tenant }) => tenant),
    groups.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]),
    lanes,
  );
}

function toReach(emails: number, tenants: readonly string[], ended: readonly number[], parts: Reach["parts"]): Reach {
  return {
    emails,
    tenants: [...new Set(tenants)].toSorted(),
    oldestAt: ended.length === 0 ? null : Math.min(...ended),
    newestAt: ended.length === 0 ? null : Math.max(...ended),
    calls: emails * CALLS_AN_EMAIL,
    parts,
  };
}
