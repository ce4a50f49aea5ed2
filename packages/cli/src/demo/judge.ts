import type { DeliveryView } from "@inlet/ledger";
import type { Sample } from "./demo-file.ts";

/** What an email became, in the words of the table. */
export interface Became {
  readonly state: string;
  readonly reason: string | null;
  /** The contact's address. */
  readonly contact: string | null;
  readonly deal: "new" | "joined" | "tag" | "none";
  readonly dealId: string | null;
  readonly activityId: string | null;
  readonly files: number;
  readonly tasks: number;
}

/** Reads what a delivery became from its effects and the evidence of its deal's match. */
export function decideEnd(delivery: Pick<DeliveryView, "state" | "reason" | "effects" | "evidence">): Became {
  const of = (kind: string) => delivery.effects.filter(({ effect }) => effect === kind);
  const evidence = delivery.evidence["deal"] as
    | { matchedBy?: string; dealId?: string; recordId?: string }
    | null
    | undefined;
  const written = of("deal")[0];
  return {
    state: delivery.state,
    reason: delivery.reason,
    contact: of("contact")[0]?.key ?? null,
    deal: decideDeal(evidence?.matchedBy, written?.created ?? null, written !== undefined),
    dealId: written?.recordId ?? evidence?.dealId ?? evidence?.recordId ?? null,
    activityId: of("activity")[0]?.recordId ?? null,
    files: of("file").length,
    tasks: of("task").length,
  };
}

function decideDeal(matchedBy: string | undefined, created: boolean | null, written: boolean): Became["deal"] {
  if (matchedBy === "tag") return "tag";
  if (matchedBy === "created") return "new";
  if (matchedBy === "policy" && !written) return "none";
  if (matchedBy !== undefined && matchedBy !== "none") return "joined";
  if (!written) return "none";
  return created === false ? "joined" : "new";
}

/** How an email differs from what was expected of it, a text each; empty when it does not. */
export function differences(expected: Sample["expect"], became: Became): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: string | number | null, got: string | number | null): void => {
    if (wanted !== got) found.push(`${what}: expected ${wanted ?? "none"}, got ${got ?? "none"}`);
  };
  compare("outcome", expected.state, became.state);
  compare("reason", expected.reason, became.reason);
  compare("contact", expected.contact, became.contact);
  compare("deal", expected.deal, became.deal);
  compare("files", expected.files, became.files);
  compare("tasks", expected.tasks, became.tasks);
  if (became.state === "written" && became.activityId === null) found.push("activity: expected one, got none");
  return found;
}
