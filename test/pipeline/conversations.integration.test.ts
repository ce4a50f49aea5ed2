import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { conversationLinks } from "@inlet/domain";
import { identify, parseMime } from "@inlet/email";
import { openLedger, type ConversationQuestion, type Ledger } from "@inlet/ledger";

/** Message-ID, then the header lines that tie it. `groups` says which are one conversation; what is named may be missing. */
interface Shape {
  readonly mails: Record<string, string>;
  readonly groups: readonly string[];
}
const index = (n: number): string =>
  Buffer.from([1, ...Array.from({ length: 26 }, (_, i) => (i < 21 ? n : i))]).toString("base64");
const refs = (...ids: string[]): string => `References: ${ids.map((id) => `<${id}@x>`).join(" ")}\r\n`;
const irt = (id: string): string => `In-Reply-To: <${id}@x>\r\n`;
const outlook = (n: number): string => `Thread-Index: ${index(n)}\r\n`;

const SHAPES: Record<string, Shape> = {
  "full References": { mails: { a: "", b: refs("a"), c: refs("a", "b"), d: refs("a", "b", "c") }, groups: ["abcd"] },
  "In-Reply-To only": { mails: { a: "", b: irt("a"), c: irt("b"), d: irt("c"), z: "" }, groups: ["abcd", "z"] },
  "References cut": { mails: { a: "", b: refs("a"), c: refs("a", "b"), d: refs("a", "c") }, groups: ["abcd"] },
  "Thread-Index with and without References": {
    mails: { a: outlook(1), b: outlook(1), c: refs("a") + outlook(1), d: refs("q") + outlook(1), z: outlook(2) },
    groups: ["abcd", "z"],
  },
  branches: { mails: { a: "", b: refs("a"), c: refs("a"), d: refs("a", "b"), e: irt("c") }, groups: ["abcde"] },
  "two roots, joined later": { mails: { a: "", b: "", c: refs("a"), d: refs("a", "b") }, groups: ["abcd"] },
  "the same missing message in two threads": {
    mails: { a: "", b: refs("a", "q"), c: "", d: refs("c", "q"), q: irt("r") },
    groups: ["abcdq"],
  },
  "a loop": { mails: { a: refs("b"), b: refs("a"), c: irt("b"), z: "" }, groups: ["abc", "z"] },
  "self reference": { mails: { a: refs("a"), b: refs("a", "b"), c: irt("c"), z: "" }, groups: ["ab", "c", "z"] },
};

let ledger: Ledger;
beforeAll(async () => {
  ledger = openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" });
  await ledger.migrate();
});
afterAll(async () => ledger.close());

/** The ids are made for one tenant and asked for another: so that answers of many tenants can be compared. */
async function buildQuestion(id: string, headers: string): Promise<ConversationQuestion> {
  const parsed = await parseMime(
    Buffer.from(`From: a@example.com\r\nMessage-ID: <${id}@x>\r\n${headers}Subject: Same\r\n\r\nHello\r\n`),
  );
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const { conversationId } = identify("demo", parsed.email);
  const { related, roots } = conversationLinks({ tenantId: "demo", ...parsed.email });
  return { tenant: "", conversationId, messageId: parsed.email.messageId, related, roots };
}

function orders<T>(items: readonly T[]): T[][] {
  return items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

/** Canonical id of each mail after all have arrived in each order. */
async function settle(questions: readonly ConversationQuestion[]): Promise<(string | null)[][]> {
  return Promise.all(
    orders(questions).map(async (order) => {
      const tenant = `t-${randomUUID().slice(0, 12)}`;
      for (const question of order) await ledger.conversations.canonical({ ...question, tenant });
      return Promise.all(questions.map(async (question) => ledger.conversations.canonical({ ...question, tenant })));
    }),
  );
}

it.each(Object.entries(SHAPES))("%s: one canonical id in every order of arrival (UN7)", async (_name, shape) => {
  const ids = Object.keys(shape.mails);
  const questions = await Promise.all(ids.map(async (id) => buildQuestion(id, shape.mails[id] ?? "")));
  const answers = await settle(questions);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const findGroup = (id: string): number => shape.groups.findIndex((group) => group.includes(id));
  ids.forEach((one, i) => {
    ids.forEach((other, j) => {
      expect(answers[0]?.[i] === answers[0]?.[j], `${one} with ${other}`).toBe(findGroup(one) === findGroup(other));
    });
  });
});

it.each(Object.entries(SHAPES))(
  "%s: with each message missing, still the same in every order",
  async (_name, shape) => {
    for (const missing of Object.keys(shape.mails)) {
      const ids = Object.keys(shape.mails).filter((id) => id !== missing);
      const questions = await Promise.all(ids.map(async (id) => buildQuestion(id, shape.mails[id] ?? "")));
      const answers = await settle(questions);
      for (const answer of answers) expect(answer, `without ${missing}`).toEqual(answers[0]);
    }
  },
);

it("resolvers of several processes at once agree, and tenants with the same ids share nothing", async () => {
  const others = [1, 2].map(() => openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" }));
  const mails = { a: "", b: "", c: refs("a", "q"), d: refs("b", "q"), q: irt("r") };
  const questions = await Promise.all(Object.entries(mails).map(async ([id, headers]) => buildQuestion(id, headers)));
  const rounds = Array.from({ length: 20 }, () => `t-${randomUUID().slice(0, 12)}`);
  await Promise.all(
    rounds.flatMap((tenant) =>
      questions.map(async (question, i) => (others[i % 2] as Ledger).conversations.canonical({ ...question, tenant })),
    ),
  );
  for (const tenant of rounds) {
    const ids = await Promise.all(questions.map(async (each) => ledger.conversations.canonical({ ...each, tenant })));
    expect(new Set(ids).size).toBe(1);
  }
  const [a, b] = questions as [ConversationQuestion, ConversationQuestion];
  const apart = await Promise.all(
    [a, b].map(async (each) => ledger.conversations.canonical({ ...each, tenant: "t-other" })),
  );
  expect(new Set(apart).size).toBe(2);
  await Promise.all(others.map(async (other) => other.close()));
});
