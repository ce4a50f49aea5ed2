import type { DeliveryView, HandSettlement, Ledger, UnknownEffect } from "@inlet/ledger";
import { Problem } from "../problem.ts";

/** What an operator found in the CRM about writes of which Inlet does not know whether they landed. */
export interface HandDecision {
  /** `ID` of the record that was written, or `EFFECT=ID`, or `EFFECT:KEY=ID` where an email has several of the effect. */
  readonly assumeWritten: readonly string[];
  /** What is not named was not written. */
  readonly write: boolean;
}

/**
 * What settles exactly those effects of a dead letter that are unknown now; empty where none is and nothing was decided. Throws
 * a {@link Problem}, naming the effects, where the decision does not fit them.
 */
export async function settlementsFor(
  ledger: { readonly effects: Pick<Ledger["effects"], "listUnknown"> },
  { tenant, eventId, reason }: Pick<DeliveryView, "tenant" | "eventId" | "reason">,
  decision: HandDecision | null,
): Promise<HandSettlement[]> {
  const unknown = await ledger.effects.listUnknown(tenant, eventId);
  const names = unknown.map((effect) => toName(effect, unknown));
  if (decision === null) {
    if (reason !== "outcome_unknown" || unknown.length === 0) return [];
    throw conflict(
      `${eventId}: whether it was written is not known (${names.join(", ")}), and this CRM cannot tell. Look there, then add ${hintFor(unknown, names)} or --write`,
    );
  }
  if (unknown.length === 0) {
    throw conflict(
      `${eventId}: none of its effects is unknown any more: nothing was settled and nothing sent. Replay it without --assume-written and --write`,
    );
  }
  const busy = unknown.find(({ busyMs }) => busyMs > 0);
  if (busy !== undefined) {
    throw conflict(
      `${eventId}: ${toName(busy, unknown)} is being tried by another email and may settle by itself. Try again in ${Math.ceil(busy.busyMs / 1_000)} s`,
    );
  }
  const ids = new Map<UnknownEffect, string>();
  for (const word of decision.assumeWritten) {
    const { effect, recordId } = namedBy(word, unknown, eventId);
    if (ids.has(effect)) throw conflict(`${eventId}: two ids for ${toName(effect, unknown)}`);
    ids.set(effect, recordId);
  }
  const open = unknown.filter((effect) => !ids.has(effect));
  if (open.length > 0 && !decision.write) {
    const left = open.map((effect) => toName(effect, unknown)).join(", ");
    throw conflict(
      `${eventId}: of ${left} it is not said whether it was written. Name the record of each with --assume-written EFFECT=ID, or add --write for those that are not in the CRM`,
    );
  }
  return unknown.map((effect) => ({
    crm: effect.crm,
    effect: effect.effect,
    key: effect.key,
    recordId: ids.get(effect) ?? null,
  }));
}

/** The effect that a word of `--assume-written` is about, and its record's id. An id may hold a `=` where it stands alone. */
function namedBy(
  word: string,
  unknown: readonly UnknownEffect[],
  eventId: string,
): { effect: UnknownEffect; recordId: string } {
  const named = unknown.find((effect) => word.startsWith(`${toName(effect, unknown)}=`));
  const [only] = unknown;
  const found = named ?? (unknown.length === 1 && !/^[a-z]+(:|=)/.test(word) ? only : undefined);
  const recordId = named === undefined ? word : word.slice(toName(named, unknown).length + 1);
  if (found === undefined || recordId.trim() === "") {
    const names = unknown.map((effect) => `${toName(effect, unknown)}=ID`).join(", ");
    throw conflict(`${eventId}: --assume-written ${word} does not name an unknown effect and its record: ${names}`);
  }
  return { effect: found, recordId: recordId.trim() };
}

function toName({ effect, key }: UnknownEffect, all: readonly UnknownEffect[]): string {
  return all.filter((each) => each.effect === effect).length > 1 ? `${effect}:${key}` : effect;
}

function hintFor(unknown: readonly UnknownEffect[], names: readonly string[]): string {
  return unknown.length === 1 ? "--assume-written ID" : names.map((name) => `--assume-written ${name}=ID`).join(" ");
}

function conflict(message: string): Problem {
  return new Problem(409, "not-settled", message);
}
