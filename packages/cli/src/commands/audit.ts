import type { Audit, AuditHead } from "@inlet/ledger";
import type { Command } from "commander";
import { CommandFailed, UsageError, type CliContext } from "../context.ts";
import { parseLimit } from "../parse-limit.ts";
import { parseTime } from "../parse-time.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

const MOST = 10_000;

interface ListOptions {
  readonly tenant?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly since?: string;
  readonly before?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** `inlet audit list|verify|head`: who did what, and that it was not rewritten (OP7). */
export function registerAudit(program: Command, context: CliContext): void {
  const audit = program.command("audit").description("who did what: append-only, a hash chain for each tenant");

  audit
    .command("list")
    .description("what operators did, newest first: ids and filters, no content")
    .option("--tenant <tenant>", "only what concerns this tenant")
    .option("--actor <actor>", "only what this one did")
    .option("--action <action>", "only this act, as the list names it")
    .option("--since <time>", "only since then: 30m, 12h, 7d, or a time such as 2026-11-30T08:00:00Z")
    .option("--before <id>", "only entries before the one with this id: the next page")
    .option("--limit <n>", "at most so many", "50")
    .option("--json", "print JSON")
    .action(async (options: ListOptions) => {
      const { tenant, actor, action, since, before } = options;
      if (before !== undefined && !/^\d{1,15}$/.test(before))
        throw new UsageError(`--before ${before}: not an id of the list`);
      const filter = {
        tenant,
        actor,
        action,
        since: since === undefined ? undefined : parseTime(since, Date.now()),
        beforeId: before === undefined ? undefined : Number(before),
        limit: parseLimit(options.limit, MOST),
      };
      const rows = await withAudit(context, async (log) => log.list(filter));
      printTable(context, {
        json: options.json === true,
        rows,
        columns: [
          { title: "id", value: ({ id }) => id, align: "right" },
          { title: "at", value: ({ at }) => at },
          { title: "tenant", value: ({ tenant: of }) => of || null },
          { title: "by", value: ({ actor: by }) => by },
          { title: "from", value: ({ origin }) => origin },
          { title: "did", value: ({ action: did }) => did },
          { title: "what", value: ({ detail }) => JSON.stringify(detail) },
        ],
        empty: "nothing was done that is audited",
      });
    });

  audit
    .command("verify")
    .description(
      "read every chain from its first entry and compute its hashes anew. Exit code 1 at an entry that was changed, or is missing.",
    )
    .option(
      "--head <tenant=seq:hash>",
      "a head noted down earlier, which must still stand in its chain; may be given several times",
      (value: string, before: AuditHead[]) => [...before, parseHead(value)],
      [] as AuditHead[],
    )
    .option("--json", "print JSON")
    .action(async (options: { head: AuditHead[]; json?: boolean }) => {
      const verdict = await withAudit(context, async (log) => log.verify(options.head));
      const { entries, heads, faults } = verdict;
      if (options.json === true) context.out(JSON.stringify(verdict, null, 2));
      else {
        for (const { tenant, seq, problem } of faults)
          context.out(`${tenant === "" ? "(no tenant)" : tenant}, entry ${seq}: ${PROBLEMS[problem]}`);
        if (faults.length === 0)
          context.out(`${entries} entries in ${heads.length} chains: none changed, none missing`);
      }
      if (faults.length > 0) context.setExitCode(1);
    });

  audit
    .command("head")
    .description(
      "the end of each chain, to be noted down out of reach of this machine; audit verify --head takes it back",
    )
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const heads = await withAudit(context, async (log) => log.heads());
      if (options.json === true) context.out(JSON.stringify(heads, null, 2));
      else for (const { tenant, seq, hash } of heads) context.out(`${tenant}=${seq}:${hash}`);
    });
}

const PROBLEMS = {
  missing: "is missing",
  changed: "was changed: its hash is another",
  head_differs: "is not the one that was noted down: the chain was written anew",
};

/** Throws {@link UsageError}. */
export function parseHead(text: string): AuditHead {
  const [, tenant, seq, hash] = /^([^=]*)=(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (tenant === undefined || seq === undefined || hash === undefined)
    throw new UsageError(`--head ${text}: not a line that audit head prints (tenant=seq:hash)`);
  return { tenant, seq: Number(seq), hash };
}

async function withAudit<T>(context: CliContext, work: (audit: Audit) => Promise<T>): Promise<T> {
  return withLedger(context, "audit", async (ledger) => {
    const pending = await ledger.pendingMigrations();
    if (pending.length === 0) return work(ledger.auditLog);
    throw new CommandFailed(`the ledger lacks ${pending.length} migrations: npx inlet ledger migrate applies them`);
  });
}
