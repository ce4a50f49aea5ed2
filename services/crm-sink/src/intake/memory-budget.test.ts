import { describe, expect, it } from "vitest";
import { createMemoryBudget } from "./memory-budget.ts";

/** L16: what is being sent never takes up more than the budget, however many emails with large files are tried at once. */
describe("the memory budget", () => {
  it("48 tries of a large file never hold more than a tenant's half, and all get their turn", async () => {
    const budget = createMemoryBudget(1_000);
    let held = 0;
    let most = 0;
    let done = 0;
    await Promise.all(
      Array.from({ length: 48 }, async () => {
        const giveBack = await budget.take("acme", 125, 60_000);
        held += 125;
        most = Math.max(most, held);
        await new Promise((resolve) => setImmediate(resolve));
        held -= 125;
        done += 1;
        giveBack?.();
      }),
    );
    expect({ most, done }).toEqual({ most: 500, done: 48 });
  });

  it("another tenant finds room beside one that holds its share", async () => {
    const budget = createMemoryBudget(1_000);
    await budget.take("acme", 500, 1_000);
    expect(await budget.take("globex", 500, 1_000)).not.toBeNull();
  });

  it("of all tenants together no more than the whole is held", async () => {
    const budget = createMemoryBudget(1_000);
    const [first] = await Promise.all([budget.take("a", 500, 1_000), budget.take("b", 500, 1_000)]);
    expect(await budget.take("c", 10, 0)).toBeNull();
    first?.();
    expect(await budget.take("c", 10, 0)).not.toBeNull();
  });

  it("one that is larger than the share goes by itself, and what gave up waiting holds nothing", async () => {
    const budget = createMemoryBudget(1_000);
    const huge = await budget.take("acme", 1e9, 1_000);
    expect(huge).not.toBeNull();
    expect(await budget.take("acme", 1, 0)).toBeNull();
    huge?.();
    expect(await budget.take("acme", 1e9, 1_000)).not.toBeNull();
  });
});
