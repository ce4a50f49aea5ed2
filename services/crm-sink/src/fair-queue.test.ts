import { describe, expect, it } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

describe("the fair queue", () => {
  it("gives a tenant with two emails its turns though another queued a thousand first", async () => {
    const queue = createFairQueue(2);
    const ended: string[] = [];
    const task = (name: string) => async () => {
      await Promise.resolve();
      ended.push(name);
    };
    const big = Array.from({ length: 1000 }, async (_, i) => queue.run("big", `big-${i}`, task(`big-${i}`)));
    const small = [queue.run("small", "s1", task("small-1")), queue.run("small", "s2", task("small-2"))];
    await Promise.all([...big, ...small]);
    expect(ended).toHaveLength(1002);
    expect(ended.indexOf("small-1")).toBeLessThan(10);
    expect(ended.indexOf("small-2")).toBeLessThan(10);
  });

  it("keeps the order inside a chain and lets other chains pass it", async () => {
    const queue = createFairQueue(4);
    const ended: string[] = [];
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = queue.run("t", "c", async () => {
      await gate;
      ended.push("first");
    });
    const second = queue.run("t", "c", async () => void ended.push("second"));
    const other = queue.run("t", "d", async () => void ended.push("other"));
    await other;
    expect(ended).toEqual(["other"]);
    open();
    await Promise.all([first, second]);
    expect(ended).toEqual(["other", "first", "second"]);
  });

  it("never runs more than its bound at once, and goes on after a failure", async () => {
    const queue = createFairQueue(3);
    let running = 0;
    let most = 0;
    const tasks = Array.from({ length: 50 }, async (_, i) =>
      queue.run(`t${i % 4}`, String(i), async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (i % 7 === 0) throw new Error(`task ${i}`);
        return i;
      }),
    );
    const results = await Promise.allSettled(tasks);
    expect(most).toBe(3);
    expect(results.filter((result) => result.status === "rejected")).toHaveLength(8);
    expect(queue.size()).toBe(0);
  });
});
