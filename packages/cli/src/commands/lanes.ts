import path from "node:path";
import { readEnvironment, tenantLanes } from "@inlet/config";
import { applyLanes, moveTenant } from "@inlet/operations";
import { SHARED_LANE } from "@inlet/schemas";
import type { Command } from "commander";
import { operatorEnvironment, UsageError, type CliContext } from "../context.ts";
import { followJob } from "../jobs/follow-job.ts";
import { withAdmin } from "../kafka-admin.ts";
import { listLanes } from "../lanes/list-lanes.ts";
import { withOperator } from "../operate/with-operator.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

interface MoveOptions {
  readonly file: boolean;
  readonly force?: boolean;
  readonly why?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** `inlet lanes list|apply|move`: topics and groups of their own for some tenants. */
export function registerLanes(program: Command, context: CliContext): void {
  const lanes = program.command("lanes").description("lanes: topics and groups of their own for some tenants");
  const tenantsDir = (): string => path.resolve(operatorEnvironment(context)["TENANTS_DIR"] ?? "");

  lanes
    .command("list", { isDefault: true })
    .description(
      "each lane with its tenants, its live members and what they have not read. Exit code 1 where a lane lacks topics or readers.",
    )
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const settings = readEnvironment(operatorEnvironment(context), ["kafka", "database"]);
      const moves = await withLedger(context, "lanes", async (ledger) =>
        ledger.jobs.list({ kind: "lane_move", open: true, limit: 1_000 }),
      );
      const rows = await withAdmin(settings, async (admin) => listLanes(admin, tenantLanes(tenantsDir()), moves));
      printTable(context, {
        json: options.json === true,
        rows,
        columns: [
          { title: "lane", value: ({ lane }) => lane },
          { title: "tenants", value: ({ tenants }) => tenants.join(", ") || null },
          ...["parser", "crm-sink"].flatMap((service, index) => [
            {
              title: service,
              value: ({ groups }: (typeof rows)[number]) => groups[index]?.members ?? 0,
              align: "right" as const,
            },
            {
              title: "unread",
              value: ({ groups }: (typeof rows)[number]) => groups[index]?.lag ?? null,
              align: "right" as const,
            },
          ]),
          { title: "moving here", value: ({ moving }) => moving.join(", ") || null },
          { title: "fault", value: ({ fault }) => fault },
        ],
        empty: "no lanes",
      });
      if (rows.some(({ fault }) => fault !== null)) context.setExitCode(1);
    });

  lanes
    .command("apply")
    .description(
      "create the topics of every lane that a tenant's file names. Deletes nothing; running it again changes nothing.",
    )
    .option("--json", "print JSON: what was done, a text each")
    .action(async (options: { json?: boolean }) => {
      const { lanes: wanted, done } = await withOperator(context, "lanes", async (operator) =>
        operator.call(applyLanes, {}),
      );
      if (options.json === true) context.out(JSON.stringify(done, null, 2));
      else if (done.length === 0)
        context.err(`nothing to do: the topics of ${wanted.join(", ")} are as they should be`);
      else for (const line of done) context.out(line);
    });

  lanes
    .command("move <tenant> <isolation>")
    .description(
      "move a tenant to a lane of its own (dedicated) or back (shared): mail of the new lane waits until what the old one holds has gone through. Audited; goes on by itself once begun.",
    )
    .option("--no-file", "leave the tenant's file to me: I set its isolation, everywhere, when the command says so")
    .option("--force", "also where no one reads the new lane yet")
    .option("--why <text>", "the reason, for the readers of the list and the audit")
    .option("--detach", "do not wait for its end")
    .option("--json", "print JSON: the job")
    .action(async (tenant: string, isolation: string, options: MoveOptions) => {
      if (isolation !== "shared" && isolation !== "dedicated")
        throw new UsageError(`${isolation}: either dedicated or shared`);
      await withOperator(context, "lanes", async (operator) => {
        const { force, why } = options;
        const body = { tenant, isolation, why, force, keepFile: !options.file };
        const { job: begun, file } = await operator.call(moveTenant, body);
        const to = isolation === "dedicated" ? tenant : SHARED_LANE;
        context.err(
          file === "switched"
            ? `${tenant}.yaml says isolation: ${isolation}. Bring it to every machine that has a copy`
            : `now set isolation: ${isolation} in the tenant's file, on every machine`,
        );
        context.err(
          `mail of the new lane waits until the old one is drained: npx inlet jobs show ${begun.id} --follow`,
        );
        const job =
          options.detach === true
            ? begun
            : await followJob({ jobs: operator.jobs, terminal: process.stderr }, begun.id);
        if (options.json === true) context.out(JSON.stringify(job, null, 2));
        else context.out(options.detach === true ? job.id : `${tenant}: the move to ${to} is ${job.state}`);
        if (job.state === "failed" || job.state === "cancelled") context.setExitCode(1);
      });
    });
}
