import type { Proposal } from "@inlet/ledger";
import { rejectProposal } from "@inlet/operations";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { withOperator } from "../operate/with-operator.ts";
import { parseLimit } from "../parse-limit.ts";
import { printTable } from "../print-table.ts";

/** `inlet proposals list|reject`: what waits for a second person (FOUR_EYES), who approves it in the console. */
export function registerProposals(program: Command, context: CliContext): void {
  const proposals = program
    .command("proposals")
    .description("what waits until a second person approves it, on the console's page Proposals");

  proposals
    .command("list")
    .description("the proposals, newest first, and what came of each")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--open", "only those that wait still")
    .option("--limit <n>", "at most so many", "50")
    .option("--json", "print JSON")
    .action(async (options: { tenant?: string; open?: boolean; limit: string; json?: boolean }) => {
      const limit = parseLimit(options.limit, 500);
      const { tenant, open = false } = options;
      const { proposals: rows } = await withOperator(context, "proposals", async (operator) =>
        operator.read<{ proposals: Proposal[] }>(
          "/proposals",
          { tenant, open: open ? "true" : undefined, limit: String(limit) },
          async ({ ledger }) => ({ proposals: await ledger.proposals.list({ tenant, open, limit }) }),
        ),
      );
      printTable(context, {
        json: options.json === true,
        rows,
        columns: [
          { title: "proposal", value: ({ id }) => id },
          { title: "operation", value: ({ operation }) => operation },
          { title: "tenant", value: ({ tenant: whose }) => whose ?? "all tenants" },
          { title: "emails", value: ({ emails }) => emails, align: "right" },
          { title: "by", value: ({ proposer }) => proposer },
          { title: "state", value: ({ state }) => state },
          { title: "decided by", value: ({ decidedBy }) => decidedBy },
        ],
        empty: "nothing was proposed",
      });
    });

  proposals
    .command("reject <id>")
    .description("have it not be done; also by the one who proposed it. Audited.")
    .option("--why <text>", "the reason, for the readers of the list and the audit")
    .option("--json", "print JSON: the proposal")
    .action(async (id: string, options: { why?: string; json?: boolean }) => {
      const { proposal } = await withOperator(context, "proposals", async (operator) =>
        operator.call(rejectProposal, { id, why: options.why }),
      );
      context.out(options.json === true ? JSON.stringify(proposal, null, 2) : `${id} is ${proposal.state}`);
    });
}
