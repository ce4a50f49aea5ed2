import type { Database } from "./database.ts";
import type { PersonDigests } from "./erasure/person-digests.ts";

/** What the subjects of the ledger run their statements on. */
export interface Statements {
  readonly database: Database;
  /** For what several tenants ask together: it waits for none of them. */
  readonly on: (shared: boolean) => Database;
  readonly people: PersonDigests;
  /** Bytes of waiting records that a lane may keep. */
  readonly parkedMaxBytes: number;
  /** Of this process, as the deliveries that it ends tell it; null where it says none. */
  readonly release: string | null;
}

/** A locked row of one tenant holds up no other: they are asked for apart. */
export const BY_TENANT = { getGroup: ({ tenant }: { readonly tenant: string }): string => tenant };
