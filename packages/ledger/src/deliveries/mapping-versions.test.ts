import { expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, written } from "../../testing/samples.ts";
import { ledgerOn } from "../ledger.ts";

it("says what the mapping of an email was made of, and which parts of it have changed since", async () => {
  const ledger = ledgerOn(await openMemoryDatabase());
  const view = async () => ledger.inspect.mapping("acme", "evt_1");
  await ledger.deliveries.admit(candidate("acme", "evt_1", 2_000));
  expect(await view()).toBeNull();
  await ledger.deliveries.finish(written("acme", "evt_1", 2_000));
  expect(await view()).toEqual({ version: "m1", parts: null, current: null, changed: [] });

  const first = { tenant: "acme", version: "m1", parts: { classes: "a", crm: "b" } };
  await ledger.deliveries.noteMappings([first]);
  expect(await view()).toEqual({ version: "m1", parts: ["classes", "crm"], current: "m1", changed: [] });
  await ledger.deliveries.noteMappings([
    { tenant: "acme", version: "m2", parts: { classes: "a", crm: "c", rules: "d" } },
  ]);
  expect(await view()).toMatchObject({ version: "m1", current: "m2", changed: ["crm", "rules"] });
  // The file leads back.
  await ledger.deliveries.noteMappings([first]);
  expect(await view()).toMatchObject({ current: "m1", changed: [] });
  await ledger.close();
}, 60_000);
