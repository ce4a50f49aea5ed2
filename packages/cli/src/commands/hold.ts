import { addLegalHold, releaseLegalHold } from "@inlet/operations";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { withOperator } from "../operate/with-operator.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

interface AddOptions {
  readonly tenant: string;
  readonly address?: string;
  readonly event?: string;
  readonly conversation?: string;
  readonly from?: string;
  readonly until?: string;
  readonly why: string;
  readonly json?: boolean;
}

/** `inlet hold add|list|release`: legal holds, which beat retention and erasure. */
export function registerHold(program: Command, context: CliContext): void {
  const hold = program
    .command("hold")
    .description("legal holds: mail that neither retention nor an erasure may take (to hold mail back: inlet buffer)");

  hold
    .command("add")
    .description("keep what fits every option that is given, now and from now on. Audited.")
    .requiredOption("--tenant <tenant>", "whose mail it is")
    .option("--address <address>", "only what this person wrote")
    .option("--event <eventId>", "only this email")
    .option("--conversation <conversationId>", "only this conversation, whole")
    .option("--from <time>", "only received then or later: 30d, or a time such as 2026-11-30T08:00:00Z")
    .option("--until <time>", "only received up to then")
    .requiredOption("--why <text>", "the reason, for those who are to release it")
    .option("--json", "print JSON: {hold}")
    .action(async ({ event: eventId, conversation: conversationId, json, ...given }: AddOptions) => {
      const result = await withOperator(context, "hold", async (operator) =>
        operator.call(addLegalHold, { ...given, eventId, conversationId }),
      );
      if (json === true) context.out(JSON.stringify(result, null, 2));
      else context.out(`hold ${result.hold.id} is in force: npx inlet hold release ${result.hold.id} ends it`);
    });

  hold
    .command("list")
    .description("the holds in force, the newest first")
    .option("--all", "those that were released as well")
    .option("--json", "print JSON")
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      const rows = await withLedger(context, "hold", async (ledger) =>
        ledger.lifecycle.listHolds({ open: all !== true }),
      );
      const day = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
      printTable(context, {
        json: json === true,
        rows,
        columns: [
          { title: "id", value: ({ id }) => id },
          { title: "tenant", value: ({ tenant }) => tenant },
          { title: "person", value: ({ person }) => person?.slice(0, 12) ?? null },
          { title: "email", value: ({ eventId }) => eventId },
          { title: "conversation", value: ({ conversationId }) => conversationId },
          { title: "from", value: ({ from }) => day(from) },
          { title: "until", value: ({ until }) => day(until) },
          { title: "by", value: ({ actor }) => actor },
          { title: "released", value: ({ releasedAt }) => day(releasedAt) },
          { title: "why", value: ({ why }) => why },
        ],
        empty: "no legal hold is in force",
      });
    });

  hold
    .command("release <id>")
    .description("end a hold: retention counts again, and erasures that it kept pending are done. Audited.")
    .option("--json", "print JSON: {hold}")
    .action(async (id: string, { json }: { json?: boolean }) => {
      const result = await withOperator(context, "hold", async (operator) => operator.call(releaseLegalHold, { id }));
      if (json === true) context.out(JSON.stringify(result, null, 2));
      else context.out(`hold ${id} is released`);
    });
}
