import { hashAddress } from "@inlet/domain";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSurroundings } from "../../testing/index.ts";
import { erasePerson } from "./erase-person.ts";

const KEY = "a search key of thirty-two letters";
let ledger: ReturnType<typeof ledgerOn>;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  close = async () => ledger.close();
  // Another's email that went to the person as well: it stays, and is found by its own sender alone.
  for (const address of ["ada@northwind.example", "bruno@lisboa.example"])
    await database.query(
      "insert into search_terms (tenant, hash, received_at, event_id, kind) values ('acme', decode($1, 'hex'), 1000, 'evt_1', 'address')",
      [hashAddress(KEY, "acme", address)],
    );
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at, evidence, warnings, effects)
     values ('acme', 'evt_1', 'shared', 'written', 'web', 'signed-json', 1000, '{}', '[]', '[]')`,
  );
});
afterAll(async () => close());

test("of an erased person no search by address finds anything, mail of others included", async () => {
  const find = async (address: string) => {
    const found = await ledger.search.byTerms([{ tenant: "acme", hashes: [hashAddress(KEY, "acme", address) ?? ""] }]);
    return found.map(({ eventId }) => eventId);
  };
  expect(await find("ada@northwind.example")).toEqual(["evt_1"]);
  const deps = { ...createSurroundings(), ledger, searchKey: KEY, now: () => 5_000 };
  const input = { tenant: "acme", address: "ada@northwind.example", why: undefined };
  await erasePerson.run(deps, input, { name: "ada", kind: "local", grants: [] });
  expect(await find("ada@northwind.example")).toEqual([]);
  expect(await find("bruno@lisboa.example")).toEqual(["evt_1"]);
});
