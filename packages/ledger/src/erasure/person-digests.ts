import { createHmac, randomBytes } from "node:crypto";
import type { Database } from "../database.ts";

/** Hex digits of a digest: as many as of the other ids (docs/concepts/protocol.md). */
const DIGITS = 32;

/** Digests of addresses, by the key of their tenant. */
export interface PersonDigests {
  /** In the order of the addresses, which are as a contact's key has them. */
  digest(tenant: string, addresses: readonly string[]): Promise<string[]>;
}

/** A key never changes, so that it is read once a tenant. */
export function personDigests(database: Database): PersonDigests {
  const keys = new Map<string, Promise<Buffer>>();
  const getKey = async (tenant: string): Promise<Buffer> => {
    let key = keys.get(tenant);
    if (key === undefined) {
      key = readKey(database, tenant);
      keys.set(tenant, key);
      key.catch(() => keys.delete(tenant));
    }
    return key;
  };
  return {
    digest: async (tenant, addresses) => {
      if (addresses.length === 0) return [];
      const key = await getKey(tenant);
      return addresses.map((address) => createHmac("sha256", key).update(address).digest("hex").slice(0, DIGITS));
    },
  };
}

/** Of several that make it at once, the first one's counts. */
async function readKey(database: Database, tenant: string): Promise<Buffer> {
  return database.transaction(async (query) => {
    await query("insert into person_keys (tenant, key) values ($1, $2) on conflict do nothing", [
      tenant,
      randomBytes(32),
    ]);
    const [row] = await query<{ key: Buffer }>("select key from person_keys where tenant = $1", [tenant]);
    if (row === undefined) throw new Error(`no key for the digests of ${tenant}`);
    return row.key;
  });
}
