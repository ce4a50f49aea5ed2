import { expect, it } from "vitest";
import { batchQueries } from "./batch-queries.ts";
import { RowLockedError } from "./database.ts";

it("L13: a locked row of one tenant holds up no other: they are asked for apart, and what comes next goes on without it", async () => {
  const free = Promise.withResolvers<void>();
  const statements: string[][] = [];
  const ask = batchQueries<string, string>(
    async (inputs, shared) => {
      statements.push(inputs);
      const locked = inputs.some((input) => input.startsWith("frozen"));
      if (locked && shared) throw new RowLockedError("locked");
      if (locked) await free.promise;
      return inputs.map((input) => `${input}!`);
    },
    { getGroup: (input) => input.split(":")[0] ?? "" },
  );
  const frozen = [ask("frozen:1"), ask("frozen:2")];
  expect(await Promise.all([ask("a:1"), ask("b:1"), ask("a:2")])).toEqual(["a:1!", "b:1!", "a:2!"]);
  const late = ask("frozen:3");
  expect(await Promise.all([ask("a:3"), ask("c:1")])).toEqual(["a:3!", "c:1!"]);
  expect(statements.at(-1)).toEqual(["a:3", "c:1"]);
  free.resolve();
  expect(await Promise.all([...frozen, late])).toEqual(["frozen:1!", "frozen:2!", "frozen:3!"]);
});

it("one call's bad data fails that call alone", async () => {
  const ask = batchQueries<number, number>(async (inputs) => {
    if (inputs.includes(0)) throw new Error("bad data");
    return inputs;
  });
  const answers = await Promise.allSettled([ask(1), ask(0), ask(2)]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
