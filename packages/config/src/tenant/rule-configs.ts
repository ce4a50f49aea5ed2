import { getCrmKind, type CrmKind } from "@inlet/crm";
import { milliseconds } from "@inlet/settings";
import { readPattern } from "@inlet/domain";
import type { IntentWords, Rule, RuleActions, RuleConditions } from "@inlet/domain";
import { nearestWord } from "../tenant-file/nearest-word.ts";
import type { RulesFile } from "../tenant-file/rules-file.ts";
import type { TenantFile } from "../tenant-file/tenant-file.ts";
import type { TenantConfig } from "../types.ts";

/** RE2 instructions of all patterns of a tenant: each costs time on every email, on a processor that all tenants share. */
const MOST_INSTRUCTIONS = 2_000;

type Fault = (field: string, problem: string, remedy: string) => void;
type FileOfRules = Pick<TenantFile, "rules" | "intents" | "notices" | "mailboxes" | "classes" | "crm">;
type Lacking = ReturnType<NonNullable<CrmKind["lackingForRules"]>>;
type RuleInFile = RulesFile[number];

/** The rules and intents of a file as they are used. `fault` hears what only shows between them and the rest of the file. */
export function ruleConfigs(
  file: FileOfRules,
  fault: Fault,
  crmKinds?: readonly CrmKind[],
): Pick<TenantConfig, "rules" | "intents"> {
  const lacking = getCrmKind(file.crm.kind, crmKinds).lackingForRules?.(file.crm) ?? {};
  const ids = new Set<string>();
  for (const [index, { id }] of file.rules.entries()) {
    if (ids.has(id)) fault(`rules.${index}.id`, "is the id of another rule", "Give each rule an id of its own");
    ids.add(id);
  }
  const intents = Object.entries(file.intents).map(([name, { keywords = [], pattern = [] }]): IntentWords => {
    return { name, keywords, patterns: pattern };
  });
  const patterns = [...file.rules.flatMap(({ when }) => when.pattern ?? []), ...intents.flatMap((all) => all.patterns)];
  const instructions = patterns.map(measureRule).reduce((sum, size) => sum + size, 0);
  if (instructions > MOST_INSTRUCTIONS) {
    fault(
      "rules",
      `and intents have patterns that cost too much together (${instructions} RE2 instructions, at most ${MOST_INSTRUCTIONS})`,
      "Lower their counted repeats, such as {900}, or use keywords",
    );
  }
  const rules = file.rules.map((rule, index): Rule => {
    const own: Fault = (field, problem, remedy) => fault(`rules.${index}.${field}`, problem, remedy);
    checkNames(rule, file, own);
    checkCrm(rule, lacking, own);
    return { id: rule.id, when: toConditions(rule.when, file.classes), actions: toActions(rule.then) };
  });
  return { rules, intents };
}

function checkNames({ when, then: actions }: RuleInFile, file: FileOfRules, fault: Fault): void {
  const known = (field: string, name: string, section: "intents" | "mailboxes" | "notices"): void => {
    const names = Object.keys(file[section]);
    if (names.includes(name)) return;
    const meant = nearestWord(name, names);
    const there = names.length === 0 ? `Describe it in ${section}` : `Known are: ${names.join(", ")}`;
    fault(field, `is none of ${section}`, meant === undefined ? there : `Did you mean "${meant}"?`);
  };
  for (const [index, name] of (when.intent ?? []).entries()) known(`when.intent.${index}`, name, "intents");
  for (const [index, name] of (when.mailbox ?? []).entries()) known(`when.mailbox.${index}`, name, "mailboxes");
  if (when.class?.every((name) => name !== "human" && file.classes[name] === "suppress") === true) {
    fault(
      "when.class",
      "names only classes that are suppressed, so that no email would meet it",
      "Set them to log or write in classes, or name others",
    );
  }
  if (actions.notify !== undefined) known("then.notify", actions.notify, "notices");
}

/** What the rule needs of the CRM that its description does not have. */
function checkCrm({ then: actions }: RuleInFile, { task, dealUpdate }: Lacking, fault: Fault): void {
  const needs = (field: string, missing: string | undefined): void => {
    if (missing !== undefined) fault(`then.${field}`, `needs ${missing}, which is not there`, `Describe ${missing}`);
  };
  if (actions.createTask !== undefined) needs("createTask", task);
  if (actions.setStage !== undefined) needs("setStage", dealUpdate);
  if (actions.tag !== undefined) needs("tag", dealUpdate);
}

function toConditions(when: RuleInFile["when"], classes: TenantFile["classes"]): RuleConditions {
  const written = Object.entries(classes).flatMap(([name, policy]) =>
    policy === "write" && name !== "spam" ? [name] : [],
  );
  return {
    keywords: when.keywords ?? null,
    patterns: when.pattern ?? null,
    intents: when.intent ?? null,
    classes: when.class ?? ["human", ...written],
    tags: when.tags?.map(({ kind, value }) => ({ kind, value: value ?? null })) ?? null,
    senders: when.sender ?? null,
    mailboxes: when.mailbox ?? null,
    hasAttachments: when.hasAttachments ?? null,
    isReply: when.isReply ?? null,
  };
}

function toActions({ createTask, setStage, tag, notify }: RuleInFile["then"]): RuleActions {
  return {
    createTask:
      createTask === undefined
        ? null
        : {
            title: createTask.title,
            dueInMs: milliseconds(createTask.dueIn),
            priority: createTask.priority ?? null,
          },
    setStage: setStage ?? null,
    tag: tag ?? null,
    notify: notify ?? null,
  };
}

function measureRule(source: string): number {
  const reading = readPattern(source);
  return reading.ok ? reading.pattern.size : 0;
}
