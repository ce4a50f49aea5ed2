import { describe, expect, test } from "vitest";
import { readRules, readTenant } from "../index.ts";

const FILE = `
name: Acme
sources: {}
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm: { kind: hubspot, token: "env:TOKEN" }
`;

function read(yaml: string) {
  return readTenant("acme", FILE + yaml, { where: "acme.yaml", env: { TOKEN: "token" }, baseDir: "." });
}

const RULE = `
rules:
  - id: quote
    when:
      intent: [pricing]
      mailbox: [sales]
    then:
      createTask: { title: "Quote: {subject}", dueIn: 1d, priority: high }
      setStage: { stage: quoting }
      tag: { kind: topic, value: pricing }
intents:
  pricing: { keywords: [pricing, price list] }
`;

test("WR7: rules and intents as they are used", () => {
  const { tenant, faults } = read(RULE);
  expect(faults).toEqual([]);
  expect(tenant?.rules).toEqual([
    {
      id: "quote",
      when: {
        keywords: null,
        patterns: null,
        intents: ["pricing"],
        classes: ["human", "no_reply"],
        tags: null,
        senders: null,
        mailboxes: ["sales"],
        hasAttachments: null,
        isReply: null,
      },
      actions: {
        createTask: { title: "Quote: {subject}", dueInMs: 86_400_000, priority: "high" },
        setStage: { stage: "quoting", pipeline: null },
        tag: { kind: "topic", value: "pricing" },
        notify: null,
      },
    },
  ]);
  expect(tenant?.intents).toEqual([{ name: "pricing", keywords: ["pricing", "price list"], patterns: [] }]);
});

test("WR7: without class a rule is for what is written as a person's mail, never for spam", () => {
  const { tenant } = read(`${RULE}classes: { no_reply: log, newsletter: write }\n`);
  expect(tenant?.rules[0]?.when.classes).toEqual(["human", "newsletter"]);
});

test("WR7: a dry run reads the same rules without the tenant's secrets", () => {
  const { tenant } = readRules(FILE + RULE, "acme.yaml");
  expect(tenant?.rules).toEqual(read(RULE).tenant?.rules);
  expect(readRules("name: Acme\n", "acme.yaml").faults.map(({ field }) => field)).toContain("mailboxes");
});

test("rules are part of the mapping: a replay looks at the email again, though it fires none of them", () => {
  const [without, withRule, changed] = ["", RULE, RULE.replace(/id: [a-z-]+/, "id: another")].map(
    (text) => read(text).tenant,
  );
  const versions = [without, withRule, changed].map((tenant) => tenant?.mappingVersion);
  expect(new Set(versions).size).toBe(3);
  const differing = Object.keys(withRule?.mappingParts ?? {}).filter(
    (part) => withRule?.mappingParts[part] !== without?.mappingParts[part],
  );
  expect(differing).toEqual(["rules"]);
});

const INTENT = "intents: { pricing: { keywords: [pricing] } }\n";

describe("WR7: faults of rules", () => {
  const rule = (when: string, then = "tag: { kind: topic, value: x }") =>
    `rules:\n  - id: r\n    when: { ${when} }\n    then: { ${then} }\n`;
  test.each<[what: string, yaml: string, field: string, said: RegExp]>([
    ["no condition", rule(""), "rules.0.when", /no condition.*keywords/],
    ["nothing to do", rule("isReply: true", ""), "rules.0.then", /nothing to do.*createTask/],
    ["a misspelt condition", rule("keyword: [x]"), "rules.0.when.keyword", /Did you mean "keywords"/],
    ["a misspelt action", rule("isReply: true", "createTsk: {}"), "rules.0.then.createTsk", /"createTask"/],
    ["a word that is no list", rule("keywords: price"), "rules.0.when.keywords", /type array/],
    ["no words", rule("keywords: []"), "rules.0.when.keywords", /is empty, so that no email/],
    ["an empty word", rule('keywords: [" "]'), "rules.0.when.keywords.0", /is empty/],
    ["a word of signs", rule('keywords: ["C++"]'), "rules.0.when.keywords.0", /letter or a digit/],
    ["a look-ahead", rule('pattern: ["(?=a)b"]'), "rules.0.when.pattern.0", /RE2.*unsupported Perl syntax/],
    ["a pattern that always holds", rule('pattern: ["(price)?"]'), "rules.0.when.pattern.0", /empty text/],
    ["patterns that cost too much", rule('pattern: ["(a{30}){30}", "b{900}", "c{900}"]'), "rules", /cost too much/],
    ["an intent that is not there", rule("intent: [pricng]") + INTENT, "rules.0.when.intent.0", /mean "pricing"/],
    ["an intent without words", "intents: { pricing: {} }\n", "intents.pricing", /neither keywords nor pattern/],
    ["a mailbox that is not there", rule("mailbox: [nobody]"), "rules.0.when.mailbox.0", /none of mailboxes/],
    ["a class that is not there", rule("class: [person]"), "rules.0.when.class.0", /not one of human/],
    ["classes that are suppressed", rule("class: [bounce, delay]"), "rules.0.when.class", /suppressed/],
    ["a sender that is none", rule("sender: [ana]"), "rules.0.when.sender.0", /is no address/],
    ["a tag of a wrong kind", rule("tags: [{ kind: Deal+ }]"), "rules.0.when.tags.0.kind", /kind of a-z/],
    [
      "a task without due",
      rule("isReply: true", "createTask: { title: x }"),
      "rules.0.then.createTask.dueIn",
      /missing/,
    ],
    [
      "a placeholder that is not known",
      rule("isReply: true", 'createTask: { title: "{name}", dueIn: 1d }'),
      "rules.0.then.createTask.title",
      /no placeholder.*\{subject\}/,
    ],
    [
      "two rules of one id",
      `rules:\n${"  - { id: r, when: { isReply: true }, then: { tag: { kind: t, value: x } } }\n".repeat(2)}`,
      "rules.1.id",
      /id of another rule/,
    ],
  ])("%s", (_what, yaml, field, said) => {
    const { tenant, faults } = read(yaml);
    expect(tenant).toBeNull();
    const fault = faults.find((candidate) => candidate.field === field);
    expect(faults.map((candidate) => candidate.field)).toEqual([field]);
    expect(`${fault?.problem}. ${fault?.remedy}`).toMatch(said);
  });

  test("all at once", () => {
    const yaml = rule('keywords: ["+"], pattern: ["("], sender: [ana]', "createTask: { title: x, dueIn: soon }");
    expect(read(yaml).faults.map(({ field }) => field)).toEqual([
      "rules.0.when.keywords.0",
      "rules.0.when.pattern.0",
      "rules.0.when.sender.0",
      "rules.0.then.createTask.dueIn",
    ]);
  });
});
