import type { RulesReading } from "@inlet/config";
import type { NormalizedEvent } from "@inlet/schemas";
import type { TryPool } from "@inlet/try-email";

/** Trying an email: what would become of it, with nothing written. */
export interface TryDeps {
  /** Parses within limits, in a process of its own. */
  readonly pool: Pick<TryPool, "try">;
  /** A tenant's file without its secrets; null where it has none. */
  readonly readTenant: (tenant: string) => RulesReading | null;
  /** Takes the parsed email through the steps of a delivery, over a ledger that keeps nothing and a CRM that is only read. */
  readonly preview: (event: NormalizedEvent) => Promise<TriedDelivery>;
}

export type TriedDelivery =
  | {
      readonly asked: true;
      /** As of a replay: `changed` where something would be written. */
      readonly result: string;
      readonly reason: string | null;
      readonly detail: string | null;
      readonly changes: readonly TriedChange[];
      readonly evidence: Readonly<Record<string, unknown>>;
      readonly warnings: readonly string[];
      /** Requests to the CRM that a delivery would make. */
      readonly calls: number;
    }
  /** The ledger and the CRM were not asked. */
  | { readonly asked: false; readonly why: string };

export interface TriedChange {
  readonly record: string;
  readonly field: string | null;
  /** What the CRM has; null where it has nothing, or the viewer may not see it. */
  readonly from: string | null;
  readonly to: string | null;
  readonly result: string;
}
