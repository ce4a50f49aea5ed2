import type { GrantKey, GrantStore } from "../src/oauth/grant-store.ts";

interface Row {
  generation: number;
  sealed: Buffer | null;
  owner: string | null;
  leaseUntil: number;
}

/** A grant store of one process, for tests. */
export function memoryGrants(): GrantStore {
  const rows = new Map<string, Row>();
  const getRow = ({ tenant, crm, grant }: GrantKey): Row => {
    const name = [tenant, crm, grant].join("\0");
    const row = rows.get(name) ?? { generation: 0, sealed: null, owner: null, leaseUntil: 0 };
    rows.set(name, row);
    return row;
  };
  return {
    read: async (key) => {
      const { generation, sealed } = getRow(key);
      return sealed === null ? null : { generation, sealed };
    },
    lease: async (key, generation, owner, ms) => {
      const row = getRow(key);
      if (row.generation !== generation) return false;
      if (row.owner !== null && row.owner !== owner && performance.now() < row.leaseUntil) return false;
      Object.assign(row, { owner, leaseUntil: performance.now() + ms });
      return true;
    },
    keep: async (key, generation, sealed) => {
      const row = getRow(key);
      if (row.generation !== generation) return false;
      Object.assign(row, { generation: generation + 1, sealed, owner: null, leaseUntil: 0 });
      return true;
    },
    release: async (key, owner) => {
      const row = getRow(key);
      if (row.owner === owner) Object.assign(row, { owner: null, leaseUntil: 0 });
    },
  };
}
