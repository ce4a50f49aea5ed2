import type { DeadLetterSet, DeliveryView, Ledger } from "@inlet/ledger";
import { DEAD_LETTER_REASONS } from "@inlet/schemas";
import { z } from "zod";
import { asOf, flag, list, optional, tenantId, time, toTime } from "../fields.ts";
import type { OperationDeps } from "../operation.ts";
import { badInput, Problem } from "../problem.ts";

/** Which dead letters are meant: named, or by a filter that is frozen when it is asked. */
export const deadLetterChoice = {
  eventIds: list(z.string().max(998)).describe("or Message-IDs, or the sender's ids"),
  all: flag.describe("every dead letter (with a filter: those)"),
  tenant: optional(tenantId),
  reason: optional(
    z.string().refine((reason) => Object.hasOwn(DEAD_LETTER_REASONS, reason), "is no reason of a dead letter"),
  ),
  code: optional(z.string().max(200)).describe("what the CRM said, as the groups have it; none: nothing"),
  release: optional(z.string().max(100)).describe("which release ended them; none: one that did not say"),
  since: time.describe("ended since then"),
  until: time.describe("ended until then; what is there now, unless it is said"),
  asOf,
};

const choice = z.object(deadLetterChoice);
export type DeadLetterChoice = z.infer<typeof choice>;

export function isByFilter({ eventIds }: Pick<DeadLetterChoice, "eventIds">): boolean {
  return eventIds.length === 0;
}

/** Throws where it is not said which are meant, or twice. */
export function checkChoice({ eventIds, all, tenant, reason, code, release, since, until }: DeadLetterChoice): void {
  const filtered = all || [reason, code, release, since, until].some((each) => each !== undefined);
  if (eventIds.length === 0 && !filtered && tenant === undefined)
    throw badInput("which dead letters? Name event ids, or all, a tenant, a reason or a time");
  if (eventIds.length > 0 && filtered)
    throw badInput("event ids and a filter together make no sense: use one of the two");
}

/** The same choice with its end fixed: what is counted now is what is done later. Its times stay in the words in which they were given. */
export async function fixChoice<Choice extends DeadLetterChoice>(
  deps: Parameters<typeof freezeDeadLetters>[0],
  choice: Choice,
): Promise<Choice> {
  checkChoice(choice);
  if (!isByFilter(choice)) return choice;
  const { until } = await freezeDeadLetters(deps, choice);
  return { ...choice, until, asOf: choice.asOf ?? deps.now() };
}

/** What a filter means now: of what dies later none is meant. */
export async function freezeDeadLetters(
  { ledger, now }: Pick<OperationDeps, "now"> & { readonly ledger: Pick<Ledger, "deadLetters"> },
  { tenant, reason, code, release, since, until, asOf: at }: DeadLetterChoice,
): Promise<DeadLetterSet> {
  const toAt = (given: string | number, field: string): number => toTime(given, at ?? now(), field);
  const orNone = (given: string | undefined) => (given === "none" ? null : given);
  return {
    tenant,
    reason,
    code: orNone(code),
    release: orNone(release),
    since: since === undefined ? undefined : toAt(since, "since"),
    until: until === undefined ? ((await ledger.deadLetters.newest()) ?? 0) : toAt(until, "until"),
  };
}

/** The dead letters of these ids. Throws where one is none. */
export async function findDeadLetters(
  ledger: Pick<Ledger, "inspect">,
  eventIds: readonly string[],
  tenant?: string,
): Promise<DeliveryView[]> {
  const found: DeliveryView[] = [];
  for (const id of new Set(eventIds)) {
    const delivery = (await ledger.inspect.find(id)).find(
      (each) => each.state === "dead_lettered" && (tenant === undefined || each.tenant === tenant),
    );
    if (delivery === undefined)
      throw new Problem(
        404,
        "not-found",
        `${id}: no dead letter has this id. npx inlet dlq list shows them, npx inlet show ${id} what became of it`,
      );
    found.push(delivery);
  }
  return found;
}
