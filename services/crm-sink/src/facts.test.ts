import { createMemoryBlobStore } from "@inlet/blob-store";
import { expect, test, vi } from "vitest";
import { buildEmail } from "../testing/emails.ts";
import { buildFacts } from "./facts.ts";

const CLASSES = { classes: { bounce: "suppress" } } as const;
const blobs = createMemoryBlobStore();

test("what the steps know of an email is worked out once, and none of them can change it", () => {
  const event = buildEmail("acme", "ada", {
    from: { name: "Ada", email: "Ada@Customers.example" },
    messageId: "me",
    inReplyTo: "b",
    references: ["root", "b"],
  });
  const facts = buildFacts(event, CLASSES, blobs);
  expect(facts).toMatchObject({
    treatment: { policy: "write", reason: null },
    contact: { email: "Ada@Customers.example" },
    sender: "ada@customers.example",
    references: ["b", "root"],
  });
  expect(() => Object.assign(facts, { sender: "x" })).toThrow(TypeError);
  expect(() => (facts.references as string[]).push("x")).toThrow(TypeError);
});

test.each([
  ["no sender", { from: null, contact: null }, { contact: null, sender: null }],
  [
    "a class that the tenant suppresses",
    { classification: { kind: "bounce", reasons: [] } },
    { treatment: { policy: "suppress", reason: "bounce" } },
  ],
])("%s", (_name, change, known) => {
  expect(buildFacts(buildEmail("acme", "ada", change), CLASSES, blobs)).toMatchObject(known);
});

test("the writer's own words are fetched once, and only for a step that reads them", async () => {
  const replyText = await blobs.put("acme", Date.now(), Buffer.from("A long answer"));
  const get = vi.spyOn(blobs, "get");
  const facts = buildFacts(buildEmail("acme", "ada", { replyText }), CLASSES, blobs);
  expect(get).not.toHaveBeenCalled();
  expect(await Promise.all([facts.replyText(), facts.replyText()])).toEqual(["A long answer", "A long answer"]);
  expect(get).toHaveBeenCalledTimes(1);
});
