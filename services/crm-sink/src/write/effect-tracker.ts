import type { EffectKind } from "@inlet/crm";
import type { EffectEnd } from "@inlet/ledger";

/** The effects of one try of one email: what was claimed, what became of it. Its `ends` go into the try's transaction whatever the outcome. */
export interface EffectTracker {
  /** `settle`: an earlier owner may have written it, not before `since` (epoch ms; null where no one did). */
  won(effect: EffectKind, key: string, settle: boolean, since?: number | null): void;
  /** A call for it begins: from here on an interruption leaves it unknown. */
  calling(effect: EffectKind, key: string): void;
  confirmed(
    effect: EffectKind,
    key: string,
    written: { recordId: string; created: boolean | null },
    desired?: Record<string, string>,
  ): void;
  unknown(effect: EffectKind, key: string): void;
  /** The call was surely not carried out. */
  notDone(effect: EffectKind, key: string): void;
  /** Confirmed before, found deleted in the CRM. */
  gone(effect: EffectKind, key: string): void;
  /** What this try wrote, or found in the CRM, for it. */
  written(effect: EffectKind, key: string): Extract<EffectEnd["result"], { state: "confirmed" }> | null;
  mustSettle(effect: EffectKind, key: string): boolean;
  /** When it was claimed for the first time, epoch ms. */
  claimedSince(effect: EffectKind, key: string): number | null;
  anyUnknown(): boolean;
  ends(): EffectEnd[];
}

type Entry = {
  effect: EffectKind;
  key: string;
  settle: boolean;
  since: number | null;
  state: "claimed" | "calling" | EffectEnd["result"];
};

/** `crm`: what the ledger keeps the effects under; asked for when the try ends, since the account may not be known before. */
export function createEffectTracker(crm: () => string, owner: string): EffectTracker {
  const entries = new Map<string, Entry>();
  const at = (effect: EffectKind, key: string): Entry => {
    const id = `${effect} ${key}`;
    let entry = entries.get(id);
    if (entry === undefined) {
      entry = { effect, key, settle: false, since: null, state: "claimed" };
      entries.set(id, entry);
    }
    return entry;
  };
  const toEnd = (entry: Entry): EffectEnd["result"] => {
    if (entry.state === "calling") return { state: "unknown" };
    return entry.state === "claimed" ? { state: "released", settle: entry.settle } : entry.state;
  };
  return {
    won: (effect, key, settle, since = null) => {
      const entry = at(effect, key);
      entry.since = since;
      entry.settle = settle;
      entry.state = "claimed";
    },
    calling: (effect, key) => {
      at(effect, key).state = "calling";
    },
    confirmed: (effect, key, written, desired = {}) => {
      at(effect, key).state = { state: "confirmed", ...written, desired };
    },
    unknown: (effect, key) => {
      at(effect, key).state = { state: "unknown" };
    },
    notDone: (effect, key) => {
      at(effect, key).state = "claimed";
    },
    gone: (effect, key) => {
      at(effect, key).state = { state: "gone" };
    },
    written: (effect, key) => {
      const state = entries.get(`${effect} ${key}`)?.state;
      return typeof state === "object" && state.state === "confirmed" ? state : null;
    },
    mustSettle: (effect, key) => at(effect, key).settle,
    claimedSince: (effect, key) => at(effect, key).since,
    anyUnknown: () => [...entries.values()].some((entry) => toEnd(entry).state === "unknown"),
    ends: () =>
      [...entries.values()].map((entry) => ({
        crm: crm(),
        owner,
        effect: entry.effect,
        key: entry.key,
        result: toEnd(entry),
      })),
  };
}
