import { expect, test } from "vitest";
import { RETRY_TABLE, countAttempts, getRetryDelay, useAttempt, type FaultFamily } from "./retry-table.ts";

test.each(Object.keys(RETRY_TABLE) as FaultFamily[])(
  "%s: as many attempts as the table has, whatever others have used up",
  (family) => {
    let used = { crm: 5, fetch: 5, record_gone: 5, unexpected: 3, [family]: 0 };
    for (const delay of RETRY_TABLE[family]) {
      expect(getRetryDelay(family, used, 0.5)).toBe(delay);
      used = { ...used, ...useAttempt(used, family) };
    }
    expect(getRetryDelay(family, used, 0.5)).toBeNull();
  },
);

test("an attempt is counted for its family, and none where none is used up", () => {
  expect(useAttempt({ crm: 3 }, "unexpected")).toEqual({ crm: 3, unexpected: 1 });
  expect(useAttempt({ crm: 3 }, null)).toEqual({ crm: 3 });
  expect(countAttempts({ crm: 3, unexpected: 1 })).toBe(4);
  expect(countAttempts({})).toBe(0);
});
