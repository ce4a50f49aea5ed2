import type { Statements } from "../statements.ts";
import { viewMapping, type MappingView } from "../deliveries/mapping-versions.ts";
import * as inspecting from "./read-deliveries.ts";
import { listDeliveries, type DeliveryFilter, type ListedDelivery } from "./list-deliveries.ts";
import { countSince, type StateCount } from "./count-rows.ts";
import { countDied, measureLatency, type Latency } from "./measure-latency.ts";
import { createAccounts } from "./read-accounts.ts";
import { listRecordAccounts } from "./record-accounts.ts";
import { findById } from "../search/find-by-id.ts";
import { recognizeSearch } from "../search/recognize-search.ts";
import type { DeliveryView } from "./read-deliveries.ts";
import { listTenantViews, type TenantView } from "./tenants.ts";

/** What people and `inlet reconcile` look at; it changes nothing. */
export type Inspect = ReturnType<typeof inspectOn>;

export function inspectOn({ database }: Statements) {
  return {
    delivery: async (tenant: string, eventId: string) => inspecting.readDelivery(database, tenant, eventId),
    /** Deliveries of every tenant that an id names, whatever kind of id it is. */
    find: async (id: string): Promise<DeliveryView[]> => findById(database, recognizeSearch(id).ids, null),
    /** What shaped a written email, and what of that has changed since. */
    mapping: async (tenant: string, eventId: string): Promise<MappingView | null> =>
      viewMapping(database, tenant, eventId),
    journey: async (tenant: string, eventId: string) => inspecting.readJourney(database, tenant, eventId),
    effects: async (tenant: string, emailKey: string) => inspecting.getEffects(database, tenant, emailKey),
    states: async (events: readonly { tenant: string; eventId: string }[]) => inspecting.getStates(database, events),
    list: async (filter: DeliveryFilter): Promise<ListedDelivery[]> => listDeliveries(database, filter),
    deadLetters: async (filter: inspecting.DeadLetterFilter) => inspecting.listDeadLetters(database, filter),
    countSince: async (since: number, tenants: readonly string[] | null): Promise<StateCount[]> =>
      countSince(database, since, tenants),
    latency: async (since: number, tenants: readonly string[] | null): Promise<Latency> =>
      measureLatency(database, since, tenants),
    countDied: async (span: Parameters<typeof countDied>[1]): Promise<number> => countDied(database, span),
    countByState: async () => inspecting.countByState(database),
    recordAccounts: async (tenant: string, effects: readonly { effect: string; key: string }[]) =>
      listRecordAccounts(database, tenant, effects),
    tenants: async (tenant: string | null = null): Promise<TenantView[]> => listTenantViews(database, tenant),
    /** What `inlet reconcile` asks, page by page. */
    accounts: createAccounts(database),
  };
}
