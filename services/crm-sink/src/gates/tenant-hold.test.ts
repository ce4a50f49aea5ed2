import { expect, test } from "vitest";
import { createTenantHold } from "./tenant-hold.ts";

const shut = { buffered: true, behindQuota: false, movingTo: null };
const open = { buffered: false, behindQuota: false, movingTo: null };

test("WR9: the ledger is asked once a second, by however many emails", async () => {
  let now = 5_000;
  const answers = [open, shut];
  const gate = createTenantHold(
    async () => answers.shift() ?? open,
    () => now,
  );
  expect(await Promise.all([gate(), gate(), gate()])).toEqual([open, open, open]);
  now += 999;
  expect(await gate()).toEqual(open);
  now += 1;
  expect(await gate()).toEqual(shut);
});

test("a ledger that is away is asked again at once", async () => {
  const answers = [async () => Promise.reject(new Error("away")), async () => shut];
  const gate = createTenantHold(
    async () => (answers.shift() ?? (async () => open))(),
    () => 0,
  );
  await expect(gate()).rejects.toThrow("away");
  expect(await gate()).toEqual(shut);
});
