import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { GrantKey, GrantStore } from "../src/oauth/grant-store.ts";

export interface GrantStoreCase {
  readonly name: string;
  run(store: GrantStore): Promise<void>;
}

const LONG = 600_000;
const newKey = (): GrantKey => ({ tenant: `t-${randomUUID().slice(0, 12)}`, crm: "hubspot", grant: randomUUID() });

/** Every promise of the port, for the fake and for the ledger. */
export const GRANT_STORE_CONFORMANCE: readonly GrantStoreCase[] = [
  {
    name: "nothing is kept at first; of many that want the lease one has it, and has it again",
    run: async (store) => {
      const key = newKey();
      assert.equal(await store.read(key), null);
      const got = await Promise.all(["a", "b", "c", "d"].map(async (owner) => store.lease(key, 0, owner, LONG)));
      assert.equal(got.filter(Boolean).length, 1);
      const owner = ["a", "b", "c", "d"][got.indexOf(true)] ?? "";
      assert.equal(await store.lease(key, 0, owner, LONG), true);
      assert.equal(await store.read(key), null, "a lease is nothing kept");
    },
  },
  {
    name: "what is kept is read by all, byte for byte, and ends the lease; an older generation has none any more",
    run: async (store) => {
      const key = newKey();
      const sealed = Buffer.from([0, 1, 255, 128]);
      assert.equal(await store.lease(key, 0, "a", LONG), true);
      assert.equal(await store.keep(key, 0, sealed), true);
      assert.deepEqual(await store.read(key), { generation: 1, sealed });
      assert.equal(await store.lease(key, 0, "b", LONG), false);
      assert.equal(await store.lease(key, 1, "b", LONG), true);
      assert.equal(await store.keep(key, 1, Buffer.from("second")), true);
      assert.deepEqual(await store.read(key), { generation: 2, sealed: Buffer.from("second") });
    },
  },
  {
    name: "a lease that is over goes to the next; what its first owner still brings is kept, what comes after that is not",
    run: async (store) => {
      const key = newKey();
      assert.equal(await store.lease(key, 0, "slow", -1), true);
      assert.equal(await store.lease(key, 0, "next", LONG), true);
      assert.equal(await store.keep(key, 0, Buffer.from("late")), true);
      assert.equal(await store.keep(key, 0, Buffer.from("later")), false);
      assert.deepEqual(await store.read(key), { generation: 1, sealed: Buffer.from("late") });
    },
  },
  {
    name: "a lease is given back by its owner only",
    run: async (store) => {
      const key = newKey();
      assert.equal(await store.lease(key, 0, "a", LONG), true);
      await store.release(key, "b");
      assert.equal(await store.lease(key, 0, "b", LONG), false);
      await store.release(key, "a");
      assert.equal(await store.lease(key, 0, "b", LONG), true);
    },
  },
  {
    name: "grants, CRMs and tenants have nothing to do with each other",
    run: async (store) => {
      const key = newKey();
      await store.lease(key, 0, "a", LONG);
      await store.keep(key, 0, Buffer.from("one"));
      for (const other of [{ grant: "x" }, { crm: "http" }, { tenant: newKey().tenant }]) {
        assert.equal(await store.read({ ...key, ...other }), null);
        assert.equal(await store.lease({ ...key, ...other }, 0, "b", LONG), true);
      }
    },
  },
];
