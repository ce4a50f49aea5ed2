import { expect, test } from "vitest";
import { createBatcher, type BatcherOptions } from "./batcher.ts";

/** A batcher whose batches end when the test says so; `patience` ends the wait for the batch under way. */
function gathering(options: Partial<BatcherOptions<string>> = {}) {
  const batches: (readonly string[])[] = [];
  const ends: (() => void)[] = [];
  const impatient: (() => void)[] = [];
  const batcher = createBatcher<string>({
    most: 4,
    getKey: (row) => row,
    run: async (take) => {
      batches.push(take());
      await new Promise<void>((resolve) => ends.push(resolve));
    },
    patience: {
      ms: 1_000,
      sleep: async (_, signal) =>
        new Promise((resolve, reject) => {
          impatient.push(resolve);
          signal.addEventListener("abort", () => reject(new Error("ended")));
        }),
    },
    ...options,
  });
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    batches,
    /** Rows of one turn of the event loop. */
    add: async (...rows: string[]) => {
      for (const row of rows) batcher.add(row);
      await settled();
    },
    wake: async () => {
      batcher.wake();
      await settled();
    },
    end: async (batch: number) => {
      ends[batch]?.();
      await settled();
    },
    losePatience: async () => {
      impatient.at(-1)?.();
      await settled();
    },
  };
}

test("what comes in one turn goes at once; what comes meanwhile goes together, in order, as many as fit", async () => {
  const { batches, add, end } = gathering();
  await add("a");
  expect(batches).toEqual([["a"]]);
  await add("b", "c", "d", "e", "f");
  expect(batches).toHaveLength(1);
  await end(0);
  await end(1);
  expect(batches).toEqual([["a"], ["b", "c", "d", "e"], ["f"]]);
  await end(2);
  await add("g");
  expect(batches.at(-1)).toEqual(["g"]);
});

test("what is waited for before rows are taken is time in which more of them gather", async () => {
  let token = (): void => {};
  const batches: (readonly string[])[] = [];
  const { add } = gathering({
    run: async (take) => {
      await new Promise<void>((resolve) => (token = resolve));
      batches.push(take());
    },
  });
  await add("a");
  await add("b");
  token();
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([["a", "b"]]);
});

test("a key stands once in a batch; the second of it goes with the next, after the first", async () => {
  const { batches, add, end } = gathering();
  await add("x");
  await add("a", "b", "a", "c");
  await end(0);
  await end(1);
  expect(batches).toEqual([["x"], ["a", "b", "c"], ["a"]]);
});

test("rows without a key may be the same", async () => {
  const { batches, add, end } = gathering({ getKey: () => null });
  await add("x");
  await add("a", "a");
  await end(0);
  expect(batches.at(-1)).toEqual(["a", "a"]);
});

test("a batch takes as much weight as it may; a row that is heavier goes by itself", async () => {
  const { batches, add, end } = gathering({ weight: { of: (row) => row.length, most: 5 } });
  await add("x");
  await add("aaa", "bb", "c", "dddddddd", "ee");
  for (const batch of [0, 1, 2, 3]) await end(batch);
  expect(batches).toEqual([["x"], ["aaa", "bb"], ["c"], ["dddddddd"], ["ee"]]);
});

test("a batch that hangs holds up no one: the next begins when patience ends", async () => {
  const { batches, add, end, losePatience } = gathering();
  await add("hangs");
  await add("b", "c");
  await losePatience();
  expect(batches).toEqual([["hangs"], ["b", "c"]]);
  await add("d");
  expect(batches).toHaveLength(2);
  await end(1);
  expect(batches.at(-1)).toEqual(["d"]);
});

test("rows that are held stay behind while others go, and go in their order when they may", async () => {
  const held = new Set(["x1", "x2"]);
  const { batches, add, end, wake } = gathering({ isHeld: (row) => held.has(row) });
  await add("x1", "a", "x2");
  await end(0);
  expect(batches).toEqual([["a"]]);
  held.clear();
  await wake();
  expect(batches).toEqual([["a"], ["x1", "x2"]]);
});
