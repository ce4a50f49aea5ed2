import type { EffectKind } from "@inlet/crm";
import type { Disposition } from "@inlet/service";

/** What a delivery does, or leaves, in the CRM: of a record that is there one field each, of a new one the record. */
export interface Change {
  readonly record: EffectKind;
  /** Null: the record as a whole. */
  readonly field: string | null;
  /** What the CRM has, as far as it tells. */
  readonly from: string | null;
  readonly to: string | null;
  /**
   * `new`: a record is made. `write`: a field is written. `keep`: a person changed it in the CRM since, so it stays. `not_fired`: an effect that happens
   * once an email, and not again.
   */
  readonly result: "new" | "write" | "keep" | "not_fired";
}

/** What became of a record that was read again, or would become of it. */
export type ReplayResult =
  | "unchanged"
  | "changed"
  /** Nothing was written, since people have changed in the CRM what would have been. */
  | "kept"
  | "suppressed"
  | "dead_lettered"
  | "waiting"
  | "skipped";

/** A replay's own word for how an email ended. */
export function toReplayResult(disposition: Disposition, changes: readonly Change[]): ReplayResult {
  switch (disposition.kind) {
    case "written":
      if (changes.some(({ result }) => result === "new" || result === "write")) return "changed";
      return changes.some(({ result }) => result === "keep") ? "kept" : "unchanged";
    case "suppress":
      return "suppressed";
    case "deadLetter":
      return "dead_lettered";
    case "retry":
    case "park":
      return "waiting";
    case "skip":
      return disposition.why === "already_waiting" || disposition.why === "replaced_waiting" ? "waiting" : "skipped";
  }
}
