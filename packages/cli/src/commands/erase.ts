import { erasePerson } from "@inlet/operations";
import type { Erasure } from "@inlet/ledger";
import { TOPICS } from "@inlet/schemas";
import type { Command } from "commander";
import { CommandFailed, type CliContext } from "../context.ts";
import { callConfirmed } from "../operate/confirm.ts";
import { withOperator } from "../operate/with-operator.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

interface Options {
  readonly address: string;
  readonly tenant: string;
  readonly why?: string;
  readonly dryRun?: boolean;
  readonly confirm?: string;
  readonly json?: boolean;
}

/** `inlet erase`: a person is erased, and no replay brings them back. */
export function registerErase(program: Command, context: CliContext): void {
  program
    .command("erase")
    .description(
      "erase a person: mail that they wrote until now is written nowhere any more, and goes from ledger and blob store within minutes. Audited, without the address.",
    )
    .requiredOption("--address <address>", "the person's email address")
    .requiredOption("--tenant <tenant>", "whose mail it is")
    .option("--why <text>", "the reason, for the readers of the list and the audit")
    .option("--dry-run", "say what would go, and do nothing")
    .option("--confirm <tenant>", "whose emails these are, where they are many")
    .option("--json", "print JSON: {erasure}, or {reach} of a dry run")
    .action(async ({ address, tenant, why, dryRun, confirm, json }: Options) => {
      const body = { tenant, address, why };
      if (dryRun === true) {
        const reach = await withOperator(context, "erase", async (operator) => operator.measure(erasePerson, body));
        context.out(json === true ? JSON.stringify({ reach }, null, 2) : describeReach(reach.emails, reach.parts));
        return;
      }
      const { erasure } = await withOperator(context, "erase", async (operator) =>
        callConfirmed(context, operator, erasePerson, body, confirm === undefined ? {} : { confirm }),
      );
      if (json === true) context.out(JSON.stringify({ erasure, forgottenBy: getForgottenBy(erasure) }, null, 2));
      else {
        context.out(`erasure ${erasure.id}: from now on nothing of this person's mail is written any more`);
        context.out(`Kafka has forgotten it by ${getForgottenBy(erasure)}`);
        context.err(`npx inlet erasures show ${erasure.id} says how far it is, and what the CRM has of them`);
      }
    });
}

/** `inlet erasures list|show`: how far they are, and the CRM's records. */
export function registerErasures(program: Command, context: CliContext): void {
  const erasures = program.command("erasures").description("people who were erased, by digest");

  erasures
    .command("list")
    .description("the erasures, the newest first")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--json", "print JSON")
    .action(async ({ tenant = null, json }: { tenant?: string | null; json?: boolean }) => {
      const rows = await withLedger(context, "erasures", async (ledger) =>
        ledger.erasures.list({ tenant, limit: 1_000 }),
      );
      printTable(context, {
        json: json === true,
        rows,
        columns: [
          { title: "id", value: ({ id }) => id },
          { title: "tenant", value: (row) => row.tenant },
          { title: "person", value: ({ person }) => person.slice(0, 12) },
          { title: "state", value: ({ state }) => state },
          { title: "emails", value: ({ counts }) => counts["deliveries"] ?? 0, align: "right" },
          { title: "held", value: ({ held }) => held, align: "right" },
          { title: "asked", value: ({ askedAt }) => new Date(askedAt).toISOString() },
          { title: "by", value: ({ actor }) => actor },
        ],
        empty: "no one was erased",
      });
    });

  erasures
    .command("show <id>")
    .description("the report: what went, what a hold keeps, when Kafka has forgotten, and the CRM's records by kind")
    .option("--json", "print JSON: {erasure, forgottenBy, records}")
    .action(async (id: string, { json }: { json?: boolean }) => {
      const report = await withLedger(context, "erasures", async (ledger) => {
        const erasure = await ledger.erasures.get(id);
        return erasure === null ? null : { erasure, records: await ledger.erasures.records(id) };
      });
      if (report === null) throw new CommandFailed(`${id}: no such erasure. npx inlet erasures list shows them`);
      const { erasure, records } = report;
      const forgottenBy = getForgottenBy(erasure);
      if (json === true) {
        context.out(JSON.stringify({ erasure, forgottenBy, records }, null, 2));
        return;
      }
      context.out(`${erasure.id}  ${erasure.tenant}  ${erasure.state}`);
      for (const [table, rows] of Object.entries(erasure.counts)) context.out(`  ${table}: ${rows}`);
      if (erasure.held > 0) context.out(`  kept by a legal hold: ${erasure.held} emails, until it is released`);
      if (erasure.open > 0) context.out(`  still under way: ${erasure.open} emails, which end as erased`);
      context.out(`  Kafka has forgotten it by ${forgottenBy}`);
      for (const { crm, effect, recordId, shared } of records)
        context.out(`  in the CRM ${crm}: ${effect} ${recordId}${shared ? " (other people's mail may use it)" : ""}`);
    });
}

/** The last day on which a topic may still have a record: the dlq keeps the longest what has words. */
function getForgottenBy({ acceptedAt }: Pick<Erasure, "acceptedAt">): string {
  return new Date(acceptedAt + TOPICS.dlq.retentionMs).toISOString().slice(0, 10);
}

function describeReach(emails: number, parts: readonly Readonly<Record<string, unknown>>[]): string {
  const {
    held = 0,
    counts = {},
    records = {},
  } = (parts[0] ?? {}) as {
    held?: number;
    counts?: Record<string, number>;
    records?: Record<string, string[]>;
  };
  return [
    `${emails} emails would go${held === 0 ? "" : `, ${held} of them when their legal hold is released`}`,
    ...Object.entries(counts).map(([table, rows]) => `  ${table}: ${rows}`),
    ...Object.entries(records).map(([kind, ids]) => `  in the CRM, ${kind}: ${ids.join(", ")}`),
    "nothing was done",
  ].join("\n");
}
