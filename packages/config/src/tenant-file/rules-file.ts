import { duration, milliseconds } from "@inlet/settings";
import { readKeyword, readPattern, TASK_PRIORITIES, TITLE_PLACEHOLDERS } from "@inlet/domain";
import { z } from "zod";
import { addressRule } from "./address-rule-file.ts";
import { entryName, tagKind, tagValue } from "./names-file.ts";

/** Workflow rules (`rules:`) and intents (`intents:`) as written; what only shows between them is checked in rule-configs.ts. */

/** Most entries of a list, and most rules: an email must not wait for its rules. */
const MOST = 100;
const LONGEST_DUE_MS = 366 * 86_400_000;

/** What `class` may name: `human`, and the classes of `classes`. */
const RULE_CLASSES = [
  "human",
  "auto_reply",
  "out_of_office",
  "bounce",
  "delay",
  "receipt",
  "challenge",
  "complaint",
  "mailing_list",
  "newsletter",
  "calendar",
  "no_reply",
  "spam",
] as const;

function oneOrMore<Entry extends z.ZodType>(entry: Entry) {
  return z.array(entry).min(1, "is empty, so that no email would meet it").max(MOST, `has more than ${MOST} entries`);
}

function hasEntries(value: object): boolean {
  return Object.keys(value).length > 0;
}

/** A misspelt key is told once, and not as a missing one too. */
function isSound({ issues }: { readonly issues: readonly unknown[] }): boolean {
  return issues.length === 0;
}

const keyword = z
  .string()
  .max(200, "is longer than 200 characters")
  .superRefine((text, context) => {
    const message = readKeyword(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  })
  .meta({ description: "a word or phrase, found as whole words whatever its case; what is no word goes to pattern" });

const pattern = z
  .string()
  .max(500, "is longer than 500 characters")
  .superRefine((text, context) => {
    const reading = readPattern(text);
    if (!reading.ok) context.addIssue({ code: "custom", message: reading.problem });
  })
  .meta({
    description:
      "a regular expression in RE2's syntax (no look-around, no back references) that needs at least one character, without case unless it says (?-i)",
  });

const keywords = oneOrMore(keyword).meta({
  description: "words and phrases, one of which is in the subject or the text",
});
const patterns = oneOrMore(pattern).meta({ description: "regular expressions (RE2), one of which matches in either" });

const when = z
  .strictObject({
    keywords: keywords.optional(),
    pattern: patterns.optional(),
    intent: oneOrMore(z.string()).optional().meta({ description: "names of intents, one of which the email has" }),
    class: oneOrMore(z.enum(RULE_CLASSES)).optional().meta({
      description:
        "human, or classes of automated mail; spam stands for any class with that verdict. Without it human and the classes that are written, without spam",
    }),
    tags: oneOrMore(
      z.strictObject({
        kind: tagKind.meta({ description: "the tag's kind, such as campaign" }),
        value: tagValue.optional().meta({ description: "the tag's value; without it any" }),
      }),
    )
      .optional()
      .meta({ description: "tags, one of which the email has, such as { kind: campaign, value: spring }" }),
    sender: oneOrMore(addressRule)
      .optional()
      .meta({ description: "addresses, patterns or domains, one of which the sender has" }),
    mailbox: oneOrMore(z.string())
      .optional()
      .meta({ description: "names of mailboxes, one of which the email reached" }),
    hasAttachments: z
      .boolean()
      .optional()
      .meta({ description: "true with attachments, false without; pictures inside the html are none" }),
    isReply: z.boolean().optional().meta({ description: "true for an answer to another email, false for a first one" }),
  })
  .refine(hasEntries, { error: "has no condition, so that it would hold for every email", when: isSound })
  .meta({
    description:
      "what must all be so: keywords, pattern, intent, class, tags, sender, mailbox, hasAttachments, isReply",
  });

const KNOWN_PLACEHOLDERS = TITLE_PLACEHOLDERS.map((name) => `{${name}}`);

const createTask = z.strictObject({
  title: z
    .string()
    .min(1)
    .max(250)
    .refine(
      (text) => (text.match(/\{[^{}]*\}/g) ?? []).every((part) => KNOWN_PLACEHOLDERS.includes(part)),
      "has a {…} that is no placeholder",
    )
    .meta({ description: `the task's title, which may hold ${KNOWN_PLACEHOLDERS.join(", ")}` }),
  dueIn: duration
    .refine((text) => !(milliseconds(text) > LONGEST_DUE_MS), "is above 366d")
    .meta({ description: "when it is due, from the moment that the email came, such as 4h or 1d; at most 366d" }),
  priority: z
    .enum(TASK_PRIORITIES)
    .optional()
    .meta({ description: "low, medium or high; without it the CRM's default" }),
});

const actions = z
  .strictObject({
    createTask: createTask.optional().meta({ description: "a task in the CRM; one of priority high escalates" }),
    setStage: z
      .strictObject({
        stage: z.string().min(1).meta({ description: "the stage, as the CRM names it" }),
        pipeline: z
          .string()
          .min(1)
          .nullable()
          .default(null)
          .meta({ description: "the pipeline that the stage is of; null for the one that the deal is in" }),
      })
      .optional()
      .meta({ description: "the stage that the email's deal is put in; of several rules the first one's counts" }),
    tag: z
      .strictObject({ kind: tagKind.meta({ description: "the tag's kind, such as topic" }), value: tagValue })
      .optional()
      .meta({ description: "a tag as an address may give it, such as { kind: queue, value: sales }" }),
    notify: z.string().optional().meta({ description: "the name of one of notices, which is sent" }),
  })
  .refine(hasEntries, { error: "has nothing to do", when: isSound })
  .meta({ description: "what follows: createTask, setStage, tag, notify" });

const rule = z.strictObject({
  id: entryName.meta({ description: "the rule's name of a-z, 0-9 and -, its own; a renamed rule counts as a new one" }),
  when,
  // oxlint-disable-next-line unicorn/no-thenable -- the file's word; an object is never awaited as a promise
  then: actions,
});

export const rulesFile = z.array(rule).max(MOST, `has more than ${MOST} rules`).default([]);

export const intentsFile = z
  .record(
    entryName,
    z
      .strictObject({ keywords: keywords.optional(), pattern: patterns.optional() })
      .refine(({ keywords: words, pattern: expressions }) => words !== undefined || expressions !== undefined, {
        error: "has neither keywords nor pattern",
        when: isSound,
      })
      .meta({ description: "words that tell the intent: keywords, pattern or both; one is enough" }),
  )
  .default({});

export type RulesFile = z.output<typeof rulesFile>;
export type IntentsFile = z.output<typeof intentsFile>;
