import { explainAddress, explainTenants, readEnvironment, tenantLanes } from "@inlet/config";
import type { AddressExplanation, RawEnvironment } from "@inlet/config";
import { openLedger, waitReason, whyItWaits, type WaitingMail } from "@inlet/ledger";
import type { Command } from "commander";
import { type CliContext, UsageError, operatorEnvironment } from "../context.ts";
import { lookAtLanes } from "../look-at-lanes.ts";
import { printTable } from "../print-table.ts";
import { printFaults } from "../print-faults.ts";

interface Options {
  readonly dir?: string;
  readonly json?: boolean;
}

/** `inlet tenants`: where each tenant's mail waits; `check`: what their files mean, what is wrong with them, and what an address reaches. */
export function registerTenants(program: Command, context: CliContext): void {
  const tenants = program
    .command("tenants")
    .enablePositionalOptions()
    .description(
      "the tenants: how much of their mail waits, why and until when; and their files (config/tenants/<id>.yaml)",
    )
    .option(
      "--json",
      "print JSON: [{tenant, waiting, oldestMs, why, mail: [{reason, code, emails, oldestMs, why, …}]}]",
    )
    .action(async (options: { json?: boolean }) => listTenants(context, options.json === true));
  tenants
    .command("check")
    .description(
      "read every tenant's file and list what it means and what is wrong with it; starts nothing. Where Kafka can be asked, also which lanes have no topics or are not read. With ADDRESS: which tenant and mailbox it reaches, by which rule, with which tags, or what becomes of it. Exit code 1 when there are faults, or no mailbox has the address.",
    )
    .argument("[address]", "a recipient's address, such as support+priority@inlet.example")
    .option("--dir <dir>", "the folder of the files (default: TENANTS_DIR, or config/tenants)")
    .option("--json", "print JSON: {tenants, sharedRules, lanes, faults}, or with ADDRESS {explanation, faults}")
    .action(async (address: string | undefined, options: Options) => {
      const env = operatorEnvironment(context);
      const dir = options.dir ?? env["TENANTS_DIR"] ?? "";
      if (address === undefined) await checkAll(context, dir, env, options);
      else checkAddress(context, dir, env, address, options);
    });
}

interface TenantRow {
  readonly tenant: string;
  readonly waiting: number;
  readonly oldestMs: number | null;
  /** Of the mail that waits longest; null where none does. */
  readonly why: string | null;
  readonly mail: readonly (WaitingMail & { readonly reason: string; readonly why: string })[];
}

async function listTenants(context: CliContext, json: boolean): Promise<void> {
  const env = operatorEnvironment(context);
  const { databaseUrl } = readEnvironment(env, ["database"]);
  const { tenants } = explainTenants(env["TENANTS_DIR"] ?? "", env);
  const ledger = openLedger({ connectionString: databaseUrl, applicationName: "inlet tenants" });
  try {
    const rows = tenantRows(
      tenants.map(({ id }) => id),
      await ledger.waiting.mail(),
    );
    printTable(context, {
      json,
      rows,
      columns: [
        { title: "tenant", value: ({ tenant }) => tenant },
        { title: "waiting", value: ({ waiting }) => waiting, align: "right" },
        {
          title: "oldest",
          value: ({ oldestMs }) => (oldestMs === null ? null : `${Math.round(oldestMs / 1000)} s`),
          align: "right",
        },
        { title: "why", value: ({ why }) => why },
      ],
      empty: "no tenant's file is in order, and no mail waits",
    });
  } finally {
    await ledger.close();
  }
}

/** A row for every tenant that has a file, or mail that waits. */
export function tenantRows(ids: readonly string[], waiting: readonly WaitingMail[]): TenantRow[] {
  const all = [...new Set([...ids, ...waiting.map(({ tenant }) => tenant)])].toSorted();
  return all.map((tenant) => {
    const mail = waiting
      .filter((each) => each.tenant === tenant)
      .map((each) => ({ ...each, reason: waitReason(each), why: whyItWaits(each) }))
      .toSorted((one, other) => other.oldestMs - one.oldestMs);
    return {
      tenant,
      waiting: mail.reduce((sum, { emails }) => sum + emails, 0),
      oldestMs: mail[0]?.oldestMs ?? null,
      why: mail[0]?.why ?? null,
      mail,
    };
  });
}

async function checkAll(context: CliContext, dir: string, env: RawEnvironment, { json }: Options): Promise<void> {
  const { tenants, sharedRules, faults } = explainTenants(dir, env);
  const named = tenantLanes(dir).flatMap(({ lane }) => (lane === null ? [] : [lane]));
  const lanes = await lookAtLanes(env, named);
  // A lane without topics refuses its tenant's mail; one without readers may be starting.
  if (faults.length > 0 || lanes.states.some(({ missingTopics }) => missingTopics.length > 0)) context.setExitCode(1);
  if (json === true) {
    const found = lanes.notLooked === null ? lanes.states : null;
    return context.out(JSON.stringify({ tenants, sharedRules, lanes: found, faults }, null, 2));
  }
  printTable(context, {
    json: false,
    rows: tenants,
    columns: [
      { title: "tenant", value: ({ id }) => id },
      { title: "lane", value: ({ lane }) => lane },
      { title: "sources", value: ({ sources }) => sources.map(({ name }) => name).join(", ") },
      { title: "mailboxes", value: ({ mailboxes }) => mailboxes.map(({ name }) => name).join(", ") },
      { title: "crm", value: ({ crm }) => `${crm.kind} ${crm.baseUrl}` },
    ],
    empty: "no tenant's file is in order",
  });
  for (const { rule, tenants: owners } of sharedRules) {
    context.err(`warning: ${rule} belongs to ${owners.join(" and ")}: SMTP gives it to none of them.`);
  }
  for (const fault of lanes.faults) context.err(`warning: ${fault}`);
  if (lanes.notLooked !== null && env["KAFKA_BROKERS"] !== undefined)
    context.err(`lanes were not looked at: ${lanes.notLooked}`);
  printFaults(context, faults);
}

function checkAddress(context: CliContext, dir: string, env: RawEnvironment, address: string, { json }: Options): void {
  const { explanation, faults } = explainAddress(dir, env, address);
  if (explanation === null) throw new UsageError("that is no address: give one such as support+priority@inlet.example");
  if (faults.length > 0 || explanation.reaches !== "mailbox") context.setExitCode(1);
  if (json === true) return context.out(JSON.stringify({ explanation, faults }, null, 2));
  context.out(describe(explanation).join("\n"));
  printFaults(context, faults);
}

function describe(found: AddressExplanation): string[] {
  const { address, reaches, tenant, mailbox, rule, passedOver, tags, pipeline, stage, unknownRecipients } = found;
  const lines: [what: string, said: string][] = [];
  if (reaches === "mailbox") lines.push(["reaches", `tenant ${tenant}, mailbox ${mailbox}`]);
  else lines.push(["reaches", reaches === "unknown" ? "no mailbox" : "no tenant: several claim it alike"]);
  if (rule !== null) lines.push(["by", `${rule.rule} (${rule.why})`]);
  if (unknownRecipients !== null) {
    const { smtp, http } = unknownRecipients;
    lines.push(
      ["domain of", tenant === null ? "no tenant, or several" : `tenant ${tenant}`],
      ["by SMTP", smtp === "refuse" ? "refused at RCPT (550)" : "taken, then dead-lettered as unknown_recipient"],
      ["by HTTP", http === "accept" ? "written without a mailbox" : "dead-lettered as unknown_recipient"],
    );
  }
  if (tags.length > 0) lines.push(["tags", tags.map(({ kind, value }) => `${kind}: ${value}`).join(", ")]);
  if (pipeline !== null) lines.push(["new deals", `pipeline ${pipeline}${stage === null ? "" : `, stage ${stage}`}`]);
  for (const lost of passedOver) {
    lines.push(["passed over", `${lost.rule} (tenant ${lost.tenant}, mailbox ${lost.mailbox}: ${lost.why})`]);
  }
  return [address, ...lines.map(([what, said]) => `  ${what.padEnd(12)} ${said}`)];
}
