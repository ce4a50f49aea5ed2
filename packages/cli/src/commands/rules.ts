import { readFileSync } from "node:fs";
import path from "node:path";
import { readRules, type RulesReading } from "@inlet/config";
import type { ConditionResult, RuleAction } from "@inlet/domain";
import { recipientParts } from "@inlet/mailboxes";
import { TENANT_ID } from "@inlet/schemas";
import { type RulesDryRun, tryRules } from "@inlet/try-email";
import type { Command } from "commander";
import { type CliContext, CommandFailed, UsageError, operatorEnvironment } from "../context.ts";
import { formatTable } from "../print-table.ts";
import { printFaults } from "../print-faults.ts";
import { readEmailFile } from "../read-email-file.ts";

interface Options {
  readonly tenant: string;
  readonly to?: string;
  readonly dir?: string;
  readonly json?: boolean;
}

/** `inlet rules try`: what a tenant's workflow rules would make of an email, without a running Inlet. */
export function registerRules(program: Command, context: CliContext): void {
  const rules = program.command("rules").description("tenants' workflow rules (rules: in config/tenants/<id>.yaml)");
  rules
    .command("try")
    .summary("what a tenant's rules would make of an email, offline")
    .description(
      `Show which rules of a tenant an email meets, why, and what they would do.
Offline: nothing is sent, written or started, and no secret is read.

Exit code 0 whether or not a rule is met; 1 when the email cannot be understood
or the tenant's file has faults; 2 for wrong use, such as an unknown tenant.`,
    )
    .argument(
      "<file>",
      "an .eml file (raw MIME), or a .json file as a sender of signed JSON posts it; - reads standard input",
    )
    .requiredOption("--tenant <tenant>", "whose rules")
    .option("--to <address>", "the address that the email reached, where its own headers do not say it")
    .option("--dir <dir>", "the folder of the tenants' files (default: TENANTS_DIR, or config/tenants)")
    .option(
      "--json",
      "print JSON: {file, tenant, mailbox, class, spamVerdict, policy, tags, intents, rules}, or {file, error}, or {faults}",
    )
    .action(async (file: string, options: Options) => {
      const { tenant: id, to, json } = options;
      if (to !== undefined && recipientParts(to) === null) {
        throw new UsageError("--to is no address: give one such as sales@inlet.example");
      }
      const { tenant, faults } = tenantRules(id, options.dir ?? operatorEnvironment(context)["TENANTS_DIR"] ?? "");
      if (tenant === null) {
        context.setExitCode(1);
        return json === true ? context.out(JSON.stringify({ faults }, null, 2)) : printFaults(context, faults);
      }
      const found = await tryRules(await readEmailFile(file), tenant, { file, recipient: to, now: Date.now() });
      if ("error" in found) {
        if (json !== true) throw new CommandFailed(`${file}: ${found.error.message}`);
        context.setExitCode(1);
        return context.out(JSON.stringify(found, null, 2));
      }
      context.out(json === true ? JSON.stringify({ file, tenant: id, ...found }, null, 2) : described(file, id, found));
    });
}

function tenantRules(id: string, dir: string): RulesReading {
  if (!TENANT_ID.test(id)) throw new UsageError("--tenant is no tenant's id: give a-z, 0-9 and -, such as demo");
  const where = path.join(dir, `${id}.yaml`);
  let text: string;
  try {
    text = readFileSync(where, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "error";
    throw new UsageError(`${where} cannot be read (${code}): check --tenant, and --dir or TENANTS_DIR`);
  }
  return readRules(text, where);
}

function described(file: string, tenant: string, found: RulesDryRun): string {
  const { mailbox, policy, spamVerdict, tags, intents, rules } = found;
  const spam = spamVerdict === "spam" ? ", spam" : "";
  const facts: [what: string, said: string][] = [
    ["tenant", tenant],
    ["mailbox", mailbox ?? "none (--to names the address that it reached)"],
    ["class", `${found.class}${spam} (${POLICIES[policy]})`],
    ["tags", tags.map(({ kind, value }) => `${kind}: ${value}`).join(", ") || "none"],
    ["intents", intents.map(({ intent }) => intent).join(", ") || "none"],
  ];
  const lines = [file, ...facts.map(([what, said]) => `  ${what.padEnd(9)}${said}`), ""];
  if (rules.length === 0) return [...lines, "The tenant has no rules."].join("\n");
  const conditions = rules.flatMap(({ ruleId, held, conditions: all }) =>
    all.map((condition, index) => ({
      ...condition,
      rule: index === 0 ? `${ruleId}: ${held ? "met" : "not met"}` : "",
    })),
  );
  const table = formatTable(conditions, [
    { title: "rule", value: ({ rule }) => rule },
    { title: "condition", value: ({ condition }) => condition },
    { title: "holds", value: ({ held }) => (held ? "yes" : "no") },
    { title: "found", value: findEvidence },
  ]);
  const actions = rules.flatMap((rule) => rule.actions);
  const would = formatTable(actions, [
    { title: "would do", value: ({ kind }) => kind },
    { title: "for rule", value: ({ ruleId }) => ruleId },
    { title: "what", value: (action) => describeAction(action) },
  ]);
  return [...lines, table, "", actions.length === 0 ? "Nothing would be done." : would].join("\n");
}

const POLICIES = {
  write: "written",
  log: "logged: contact and activity, no deal",
  suppress: "suppressed: rules are not asked",
} as const;

function findEvidence({ found, words }: ConditionResult): string | null {
  const said = words.map(({ where, asked, found: text }) => {
    const shown = oneLine(text);
    const by = shown.toLowerCase() === asked.toLowerCase() ? "" : ` by ${asked}`;
    return `"${shown}" in the ${where}${by}`;
  });
  if (said.length === 0) return found;
  return `${found === null ? "" : `${found}: `}${said.join(", ")}`;
}

function describeAction(action: RuleAction): string {
  switch (action.kind) {
    case "createTask":
      return `${action.title} (due ${new Date(action.dueAt).toISOString().slice(0, 16)}Z${action.priority === null ? "" : `, priority ${action.priority}`})`;
    case "setStage":
      return `${action.stage}${action.pipeline === null ? "" : ` of pipeline ${action.pipeline}`}`;
    case "tag":
      return `${action.tag.kind}: ${action.tag.value}`;
    case "notify":
      return action.notice;
  }
}

/** What an email holds must not steer a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ");
}
