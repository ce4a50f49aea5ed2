import type { GuaranteeReport } from "@inlet/reconcile";
import { expect, test } from "vitest";
import { createBalanceCount } from "./count-balance.ts";

const LOST = { tenant: "acme", eventId: "evt_1", state: "no row", why: "its row is gone" };

test("the journeys are read again after a rest of twenty times as long; what they told stays counted in between", async () => {
  let now = 0;
  let reads = 0;
  const count = createBalanceCount({
    count: async () => ({ lost: [], holds: true }) as unknown as GuaranteeReport,
    findUntold: async () => {
      reads += 1;
      now += 100;
      return reads === 1 ? [] : [LOST];
    },
    clock: () => now,
  });
  expect(await count()).toMatchObject({ lost: [], holds: true });
  now = 2_099;
  expect(await count()).toMatchObject({ lost: [], holds: true });
  now = 2_100;
  expect(await count()).toMatchObject({ lost: [LOST], holds: false });
  expect(await count()).toMatchObject({ lost: [LOST], holds: false });
  expect(reads).toBe(2);
});
