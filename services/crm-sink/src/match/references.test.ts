import { expect, test } from "vitest";
import { getReferences } from "./references.ts";

test("WR3: what an email answers comes first, then the thread from its newest message", () => {
  const event = { messageId: "me", inReplyTo: "b", references: ["root", "a", "b", "c", "me"] };
  expect(getReferences(event)).toEqual(["b", "c", "a", "root"]);
  expect(getReferences({ messageId: null, inReplyTo: null, references: [] })).toEqual([]);
});

test("of an endless thread the newest messages and the first are looked for", () => {
  const references = Array.from({ length: 200 }, (_, n) => `m${n}`);
  const found = getReferences({ messageId: null, inReplyTo: "answered", references });
  expect(found).toHaveLength(20);
  expect([found[0], found[1], found.at(-1)]).toEqual(["answered", "m199", "m0"]);
});
