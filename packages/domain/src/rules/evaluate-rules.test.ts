import { describe, expect, test } from "vitest";
import { compileRules, evaluateRules, wordIntents } from "./index.ts";
import type { IntentWords, Rule, RuleActions, RuleConditions, RuleEmail } from "./index.ts";

const NOW = Date.UTC(2026, 10, 24, 9);
const EMAIL: RuleEmail = {
  subject: "Pumps for Lisbon",
  replyText: "Hello, please send us your pricing for 40 pumps. Ana",
  contact: null,
  from: { email: "Ana+work@Example.com" },
  mailbox: "sales",
  classification: { kind: "human" },
  spamVerdict: null,
  addressTags: [{ kind: "campaign", value: "2026-Q2" }],
  attachments: [],
  inReplyTo: null,
  references: [],
};
const ANYTHING: RuleConditions = {
  keywords: null,
  patterns: null,
  intents: null,
  classes: ["human"],
  tags: null,
  senders: null,
  mailboxes: null,
  hasAttachments: null,
  isReply: null,
};
const NOTHING: RuleActions = { createTask: null, setStage: null, tag: null, notify: null };
const TASK = { title: "Call back", dueInMs: 3_600_000, priority: null };
const INTENTS: IntentWords[] = [
  { name: "pricing", keywords: ["pricing", "quote"], patterns: ["how much (is|are)"] },
  { name: "cancel", keywords: ["cancel"], patterns: [] },
];

function rule(id: string, when: Partial<RuleConditions>, actions: Partial<RuleActions> = { createTask: TASK }): Rule {
  return { id, when: { ...ANYTHING, ...when }, actions: { ...NOTHING, ...actions } };
}

/** In place of the mailboxes' address rules, which have tests of their own. */
const findOne = (rules: readonly string[]) => (address: string | null) =>
  rules.find((rule) => rule === address) ?? null;

async function results(rules: readonly Rule[], email: Partial<RuleEmail> = {}) {
  const seen = { ...EMAIL, ...email };
  const compiled = compileRules(rules, findOne);
  const intents = await wordIntents(INTENTS).findIntents(seen, compiled.intents);
  return evaluateRules({ ...seen, intents }, compiled, NOW);
}

/** `true` or the conditions that failed. */
async function held(when: Partial<RuleConditions>, email: Partial<RuleEmail> = {}): Promise<true | string> {
  const [result] = await results([rule("r", when)], email);
  const failed = result?.conditions.filter((condition) => !condition.held).map(({ condition }) => condition) ?? [];
  expect(result?.held).toBe(failed.length === 0);
  expect(result?.actions.length).toBe(failed.length === 0 ? 1 : 0);
  return failed.length === 0 ? true : failed.join(", ");
}

const keywords = (...words: string[]) => ({ keywords: words });
const says = (replyText: string, subject = "") => ({ subject, replyText });

describe("WR7: keywords are whole words without case, in any script", () => {
  test.each<[what: string, word: string, text: string, expected: true | string]>([
    ["as written", "pricing", "your pricing please", true],
    ["in capitals", "pricing", "YOUR PRICING", true],
    ["asked for in capitals", "PRICING", "your pricing", true],
    ["at the very beginning and end", "pricing", "pricing", true],
    ["within a longer word", "price", "the pricelist, overpriced", "keywords"],
    ["within a longer word, then by itself", "price", "pricelist and price", true],
    ["beside punctuation", "price", "(price)?", true],
    ["beside a hyphen", "price", "price-list", true],
    ["beside an underscore", "price", "price_list", "keywords"],
    ["beside a digit", "price", "price2", "keywords"],
    ["a phrase", "price list", "our Price List?", true],
    ["a phrase over a line break and spaces", "price list", "the price \r\n  list", true],
    ["a phrase in the wrong order", "price list", "a list price", "keywords"],
    ["punctuation that belongs to it", "R&D", "for our r&d team", true],
    ["other punctuation", "R&D", "for our R/D team", "keywords"],
    ["umlauts", "Preisanfrage für", "PREISANFRAGE FÜR Pumpen", true],
    ["composed and decomposed letters", "café", "le cafe\u0301 est", true],
    ["without its accent it is another word", "cafe", "le cafe\u0301 est", "keywords"],
    ["sharp s in capitals", "Größe", "GRÖSSE und GRÖẞE", true],
    ["part of a letter that folds to two", "s", "ß", "keywords"],
    ["Greek with a final sigma", "τιμος", "ΤΙΜΟΣ", true],
    ["Turkish dotted capital", "indirim", "İNDİRİM istiyoruz", true],
    ["Cyrillic", "прайс", "пришлите ПРАЙС, пожалуйста", true],
    ["Cyrillic within a word", "прайс", "прайслист", "keywords"],
    ["Arabic", "السعر", "ما هو السعر؟", true],
    ["Hindi, whose vowels are marks", "कीमत", "कीमत क्या है", true],
    ["Hindi, another vowel behind it", "कीमत", "कीमतें क्या हैं", "keywords"],
    ["Japanese, which has no spaces", "見積", "お見積りをお願いします", true],
    ["Chinese", "报价", "请发送报价单", true],
    ["Thai", "ราคา", "ขอราคาหน่อย", true],
    ["full-width letters", "price", "ｐｒｉｃｅ", true],
    ["a soft hyphen inside", "pricing", "pri\u00ADcing", true],
    ["a letter beyond the first plane", "𐐎𐐯𐐢𐐬", "a 𐐶𐐯𐑊𐐬 b", true],
    ["an emoji beside it", "price", "💰price💰", true],
  ])("%s", async (_what, word, text, expected) => {
    expect(await held(keywords(word), says(text))).toBe(expected);
  });

  test("the subject counts as well; a keyword never runs from the one into the other", async () => {
    expect(await held(keywords("pricing"), says("", "Re: Pricing"))).toBe(true);
    expect(await held(keywords("price list"), says("list", "price"))).toBe("keywords");
    expect(await held(keywords("pricing"), { subject: null, replyText: null })).toBe("keywords");
  });

  test("one of several is enough, and all that were met are told, as the email has them", async () => {
    const [result] = await results([rule("r", keywords("offer", "Pricing", "pumps", "40 PUMPS"))]);
    expect(result?.conditions.at(-1)?.words).toEqual([
      { where: "text", asked: "Pricing", found: "pricing" },
      { where: "subject", asked: "pumps", found: "Pumps" },
      { where: "text", asked: "40 PUMPS", found: "40 pumps" },
    ]);
  });
});

describe("WR7: patterns", () => {
  test.each<[what: string, pattern: string, text: string, expected: true | string]>([
    ["without case", "order-\\d{4}", "Order-1234", true],
    ["with case where it says so", "(?-i)order", "Order", "pattern"],
    ["anywhere in the text", "po \\d+", "see PO 77 attached", true],
    ["letters of any script", "^\\p{Han}+", "报价", true],
    ["no match", "invoice \\d+", "invoice seven", "pattern"],
  ])("%s", async (_what, pattern, text, expected) => {
    expect(await held({ patterns: [pattern] }, says(text))).toBe(expected);
  });

  test("what is shown of a match is short", async () => {
    const [result] = await results([rule("r", { patterns: ["a+"] })], says("a".repeat(500)));
    expect(result?.conditions.at(-1)?.words[0]?.found).toHaveLength(80);
  });

  test("a pattern that takes an engine that goes back for ever ends here", async () => {
    const text = `${"a".repeat(19_000)}!`;
    expect(await held({ patterns: ["^(a+)+$", "^(a|aa)+$", "^(.*a){20}$"] }, says(text))).toBe("pattern");
  });
});

describe("WR7: what is known of the email", () => {
  const reply = { inReplyTo: "m1@inlet.example" };
  const file = { inline: false };
  test.each<[what: string, when: Partial<RuleConditions>, email: Partial<RuleEmail>, expected: true | string]>([
    ["its class", { classes: ["human"] }, {}, true],
    ["another class", { classes: ["no_reply", "calendar"] }, {}, "class"],
    ["spam counts as spam alone", {}, { spamVerdict: "spam" }, "class"],
    ["spam that is asked for", { classes: ["spam"] }, { spamVerdict: "spam" }, true],
    ["its mailbox", { mailboxes: ["support", "sales"] }, {}, true],
    ["another mailbox", { mailboxes: ["support"] }, {}, "mailbox"],
    ["no mailbox", { mailboxes: ["support"] }, { mailbox: null }, "mailbox"],
    ["its sender", { senders: ["bob@example.com", "Ana+work@Example.com"] }, {}, true],
    ["another sender", { senders: ["bob@example.com"] }, {}, "sender"],
    ["no sender", { senders: ["bob@example.com"] }, { from: null }, "sender"],
    ["a tag of that kind", { tags: [{ kind: "campaign", value: null }] }, {}, true],
    ["a tag of that kind and value", { tags: [{ kind: "campaign", value: "2026-q2" }] }, {}, true],
    ["a tag of another value", { tags: [{ kind: "campaign", value: "2025" }] }, {}, "tags"],
    ["no tags", { tags: [{ kind: "campaign", value: null }] }, { addressTags: [] }, "tags"],
    ["attachments", { hasAttachments: true }, { attachments: [file] }, true],
    ["pictures of the html are none", { hasAttachments: true }, { attachments: [{ inline: true }] }, "hasAttachments"],
    ["no attachments", { hasAttachments: false }, {}, true],
    ["attachments that are not wanted", { hasAttachments: false }, { attachments: [file] }, "hasAttachments"],
    ["a first email", { isReply: false }, {}, true],
    ["a reply that is not wanted", { isReply: false }, reply, "isReply"],
    ["a reply by References alone", { isReply: true }, { references: ["m1@inlet.example"] }, true],
    ["an intent", { intents: ["cancel", "pricing"] }, {}, true],
    ["an intent by its pattern", { intents: ["pricing"] }, says("How much are they?"), true],
    ["an intent that it has not", { intents: ["cancel"] }, {}, "intent"],
    ["all of several", { ...keywords("pricing"), mailboxes: ["sales"], hasAttachments: false }, {}, true],
    [
      "all of several, and which failed",
      { ...keywords("invoice"), mailboxes: ["support"], isReply: false },
      {},
      "mailbox, keywords",
    ],
  ])("%s", async (_what, when, email, expected) => {
    expect(await held(when, email)).toBe(expected);
  });
});

describe("WR7: what follows", () => {
  test("a task with its title, due from now, and the intent's words as evidence", async () => {
    const template = {
      title: "Quote for {sender} of {mailbox}: {subject}",
      dueInMs: 86_400_000,
      priority: "high" as const,
    };
    const [result] = await results([rule("quote", { intents: ["pricing"] }, { createTask: template })]);
    expect(result?.actions).toEqual([
      {
        kind: "createTask",
        ruleId: "quote",
        title: "Quote for Ana+work@Example.com of sales: Pumps for Lisbon",
        dueAt: NOW + 86_400_000,
        priority: "high",
      },
    ]);
    expect(result?.conditions.at(-1)).toEqual({
      condition: "intent",
      held: true,
      found: "pricing",
      words: [{ where: "text", asked: "pricing", found: "pricing" }],
    });
  });

  test("a title is one line of at most 250 characters, and what the email holds is no placeholder", async () => {
    const [result] = await results([rule("r", {}, { createTask: { ...TASK, title: "{subject} of {sender}" } })], {
      subject: `{sender}\r\n\u0000${"😀".repeat(200)}`,
      from: null,
    });
    const [action] = result?.actions ?? [];
    if (action?.kind !== "createTask") throw new Error("no task");
    expect(action.title.startsWith("{sender} 😀")).toBe(true);
    expect(action.title.length).toBeLessThanOrEqual(250);
    expect(action.title.isWellFormed()).toBe(true);
  });

  test("a stage of a pipeline, a tag and a notice, as the rule names them", async () => {
    const setStage = { stage: "quoting", pipeline: "pumps" };
    const tag = { kind: "topic", value: "pricing" };
    const [result] = await results([rule("r", {}, { setStage, tag, notify: "chat" })]);
    expect(result?.actions).toEqual([
      { kind: "setStage", ruleId: "r", stage: "quoting", pipeline: "pumps" },
      { kind: "tag", ruleId: "r", tag },
      { kind: "notify", ruleId: "r", notice: "chat" },
    ]);
  });

  test("several rules hold in the file's order; of their stages the first counts", async () => {
    const stage = (to: string) => ({ setStage: { stage: to, pipeline: null } });
    const found = await results([
      rule("none", keywords("invoice"), stage("lost")),
      rule("first", {}, { ...stage("quote"), tag: { kind: "topic", value: "pricing" } }),
      rule("second", {}, { ...stage("won"), createTask: TASK }),
    ]);
    expect(found.map((result) => [result.ruleId, result.held, result.actions.map(({ kind }) => kind)])).toEqual([
      ["none", false, []],
      ["first", true, ["setStage", "tag"]],
      ["second", true, ["createTask"]],
    ]);
  });

  test("no rules, no results", async () => {
    expect(await results([])).toEqual([]);
  });
});
