import { afterEach, describe, expect, it, vi } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

describe("the fair queue", () => {
  it("gives a tenant with two emails its turns though another queued a thousand first", async () => {
    const queue = createFairQueue(2, 1_000);
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
    const queue = createFairQueue(4, 1_000);
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
    const queue = createFairQueue(3, 1_000);
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

  it("a tenant alone gets three quarters of the places, and one that comes later gets one at once", () => {
    const queue = createFairQueue(64, 1_000);
    const started: string[] = [];
    const endless = (tenant: string) => async () => {
      started.push(tenant);
      return new Promise(() => {});
    };
    for (let i = 0; i < 100; i += 1) void queue.run("slow", `slow-${i}`, endless("slow"));
    expect(started).toHaveLength(48);
    for (let i = 0; i < 5; i += 1) void queue.run("other", `other-${i}`, endless("other"));
    expect(started.filter((tenant) => tenant === "other")).toHaveLength(5);
  });

  it("a task that answers early keeps its place, not its chain", async () => {
    const queue = createFairQueue(1, 1_000);
    const ended: string[] = [];
    const work = Promise.withResolvers<void>();
    await queue.run("t", "c", async (place) => place.holdFor(work.promise));
    const next = queue.run("t", "c", async () => void ended.push("next"));
    await Promise.resolve();
    expect(ended).toEqual([]);
    const idle = queue.idle().then(() => ended.push("idle"));
    work.resolve();
    await Promise.all([next, idle]);
    expect(ended).toEqual(["next", "idle"]);
  });
});

describe("a tenant whose tasks take long", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("has what queues go the other way, without a place and in the order of its chain; other tenants' tasks keep theirs", async () => {
    vi.useFakeTimers();
    const queue = createFairQueue(4, 1_000);
    const went: string[] = [];
    const says = (what: string) => async () => void went.push(what);
    const gate = Promise.withResolvers<void>();
    for (let i = 0; i < 3; i += 1) void queue.run("slow", `c${i}`, async () => gate.promise);
    void queue.run("slow", "c0", says("behind the first: place"), says("behind the first: instead"));
    void queue.run("slow", "c9", says("free: place"), says("free: instead"));
    void queue.run("slow", "c8", says("patient: place"));
    await vi.advanceTimersByTimeAsync(999);
    expect(went).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(went).toEqual(["free: instead"]);
    await queue.run("other", "o", says("other: place"), says("other: instead"));
    await queue.run("slow", "c7", says("later: place"), says("later: instead"));
    expect(went).toEqual(["free: instead", "other: place", "later: instead"]);
    gate.resolve();
    await queue.idle();
    expect(went.slice(3).toSorted()).toEqual(["behind the first: place", "patient: place"]);
  });
});
