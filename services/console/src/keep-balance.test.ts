import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { keepBalance } from "./keep-balance.ts";
import type { Balance } from "./screen.ts";

const REPORT = { accepted: 3 } as Balance["report"];

test("counts for all viewers together, one count at a time; one that fails leaves the last, and it goes on", async () => {
  let under = 0;
  let most = 0;
  let counted = 0;
  const warn = vi.fn();
  const keeper = keepBalance(
    async () => {
      most = Math.max(most, (under += 1));
      await sleep(1);
      under -= 1;
      counted += 1;
      if (counted === 2) throw new Error("Kafka is away");
      return { ...REPORT, accepted: counted };
    },
    1,
    { warn },
  );
  expect(keeper.current()).toBeNull();
  await vi.waitFor(() => expect(counted).toBeGreaterThan(3), { timeout: 30_000 });
  expect(keeper.current()?.report.accepted).toBeGreaterThan(2);
  expect(warn).toHaveBeenCalledTimes(1);
  await keeper.stop();
  const after = counted;
  await sleep(20);
  expect({ counted, most }).toEqual({ counted: after, most: 1 });
});
