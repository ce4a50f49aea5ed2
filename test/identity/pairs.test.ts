import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { nameDelivery, type Given } from "./deliveries.ts";
import { PAIRS, type Verdict } from "./pairs.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
}, 60_000);
afterAll(async () => ledger.close());

describe("pairs of deliveries", () => {
  test.each(PAIRS.map((pair, n) => [...pair, n] as const))("%s", async (_what, first, second, verdict, n) => {
    for (const [order, pair] of [
      [first, second],
      [second, first],
    ].entries()) {
      const tenant = `t-${n}-${order}`;
      const [one, two] = [
        await nameDelivery(ledger, tenant, pair[0] as Given),
        await nameDelivery(ledger, tenant, pair[1] as Given),
      ];
      const found: Verdict =
        one.eventId === two.eventId ? "same delivery" : one.emailKey === two.emailKey ? "same email" : "two emails";
      expect(found, order === 0 ? "in this order" : "the other way round").toBe(verdict);
      // Read again, by whichever parser: each has the name that it had.
      expect(await nameDelivery(ledger, tenant, pair[1] as Given)).toEqual(two);
      expect(await nameDelivery(ledger, tenant, pair[0] as Given)).toMatchObject(
        verdict === "same delivery" ? { emailKey: two.emailKey } : one,
      );
    }
  });
});
