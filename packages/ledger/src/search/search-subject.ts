import type { Statements } from "../statements.ts";
import type { DeliveryView } from "../inspect/read-deliveries.ts";
import { findById, type IdLookup } from "./find-by-id.ts";
import { findByTerms, type TermQuestion } from "./find-by-terms.ts";
import { forgetTerms, listSearchedTenants, noteSearchKey, readSearchSince } from "./search-terms.ts";

/** Emails by ids, and by keyed hashes of addresses and subjects. */
export type Search = ReturnType<typeof searchOn>;

export function searchOn({ database }: Statements) {
  return {
    byId: async (lookups: readonly IdLookup[], tenants: readonly string[] | null): Promise<DeliveryView[]> =>
      findById(database, lookups, tenants),
    byTerms: async (questions: readonly TermQuestion[]): Promise<DeliveryView[]> => findByTerms(database, questions),
    noteKey: async (name: string): Promise<void> => noteSearchKey(database, name),
    since: async (name: string): Promise<number | null> => readSearchSince(database, name),
    tenants: async (): Promise<string[]> => listSearchedTenants(database),
    forgetTerms: async (tenant: string, hashes: readonly string[]): Promise<number> =>
      forgetTerms(database, tenant, hashes),
  };
}
