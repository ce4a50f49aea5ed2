import { expect, it } from "vitest";
import { buildConversationId } from "@inlet/schemas";
import { conversationLinks, MOST_RELATED } from "./conversation-links.ts";

const bare = {
  tenantId: "demo",
  messageId: "own@x",
  inReplyTo: null,
  references: [] as string[],
  subject: null,
  headers: [],
};
const threadIndex = Buffer.from([1, ...Array.from({ length: 26 }, (_, i) => i)]).toString("base64");

it("a first email is tied to nothing, and would be found by its own id", () => {
  expect(conversationLinks(bare)).toEqual({ related: [], roots: [buildConversationId("demo", "own@x")], headers: [] });
});

it("References and In-Reply-To name each message once, in their order", () => {
  const links = conversationLinks({ ...bare, references: ["a", "b"], inReplyTo: "b" });
  expect(links.related).toEqual(["a", "b"]);
  expect(links.roots).toEqual(["a", "b", "own@x"].map((id) => buildConversationId("demo", id)));
  expect(links.headers).toEqual(["references", "in-reply-to"]);
});

it("Thread-Index ties beside References, by its root only", () => {
  const headers = [{ name: "Thread-Index", value: threadIndex }];
  const links = conversationLinks({ ...bare, references: ["a"], headers });
  expect(links.related).toEqual([
    "a",
    `thread-index:${Buffer.from(threadIndex, "base64").toString("hex").slice(0, 44)}`,
  ]);
  expect(links.headers).toEqual(["references", "thread-index"]);
});

/** The first email's index, and a reply's with its child block. */
const first = Buffer.from(threadIndex, "base64").subarray(0, 22).toString("base64");
const getTies = ([index, topic, subject]: readonly [string, string | null, string | null]): string[] =>
  conversationLinks({
    ...bare,
    subject,
    headers: [
      { name: "Thread-Index", value: index },
      ...(topic === null ? [] : [{ name: "Thread-Topic", value: topic }]),
    ],
  }).related;

it.each([
  [
    "a first email and its reply of one topic",
    [first, "Chairs", "Chairs"],
    [threadIndex, "Chairs", "RE: Chairs"],
    true,
  ],
  ["a reply that lost its topic", [first, "Chairs", "Chairs"], [threadIndex, null, "AW: [EXT] chairs"], true],
  ["a reply under another topic", [first, "Chairs", "Chairs"], [threadIndex, "Tables", "Tables"], false],
  [
    "first emails of a program that has one index for all",
    [first, "Chairs", "Chairs"],
    [first, "Tables", "Tables"],
    false,
  ],
  ["first emails without a topic", [first, null, "Chairs"], [first, null, "Chairs"], false],
] as const)("k10: one Thread-Index: %s", (_what, one, other, tied) => {
  const shared = getTies(one).filter((id) => getTies(other).includes(id));
  expect(shared.length > 0).toBe(tied);
});

it.each([
  ["no base64", "%%%"],
  ["too short", "AQID"],
  ["another first byte", Buffer.alloc(27).toString("base64")],
])("a Thread-Index that is none ties nothing: %s", (_what, value) => {
  expect(conversationLinks({ ...bare, headers: [{ name: "thread-index", value }] }).related).toEqual([]);
});

it("an email that refers to itself is tied to nothing by that", () => {
  expect(conversationLinks({ ...bare, references: ["own@x"], inReplyTo: "own@x" })).toMatchObject({
    related: [],
    headers: [],
  });
});

it("of a long list the root and the newest count", () => {
  const references = Array.from({ length: 180 }, (_, i) => `m${i}`);
  const { related } = conversationLinks({ ...bare, references });
  expect(related).toHaveLength(MOST_RELATED);
  expect([related[0], related[1], related.at(-1)]).toEqual(["m0", `m${181 - MOST_RELATED}`, "m179"]);
});
