import { userInfo } from "node:os";
import { ROLES } from "@inlet/domain";
import type { Command } from "commander";
import { CommandFailed, UsageError, type CliContext } from "../context.ts";
import { collectGrants, parseTtl, type GrantOption } from "../parse-grants.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

/** `inlet tokens create|list|revoke`: machines that ask the console's API. */
export function registerTokens(program: Command, context: CliContext): void {
  const tokens = program.command("tokens").description("tokens of machines that ask the console's API");

  tokens
    .command("create <name>")
    .description(`make a token and print its secret, this once. Roles: ${Object.keys(ROLES).join(", ")}. Audited.`)
    .option("--grant <role[:tenant]>", "what it allows; may be given several times", collectGrants, [])
    .option("--ttl <time>", "how long it is good: 12h, 90d (default: until it is revoked)")
    .option("--json", "print JSON: {id, secret}")
    .action(async (name: string, options: { grant: GrantOption; ttl?: string; json?: boolean }) => {
      if (options.grant.length === 0) throw new UsageError("--grant is missing: a token without a role may do nothing");
      const ttlMs = options.ttl === undefined ? null : parseTtl(options.ttl);
      const made = await withLedger(context, "tokens", async (ledger) =>
        ledger.access.createToken({ name, grants: options.grant, createdBy: userInfo().username, ttlMs }),
      );
      if (options.json === true) context.out(JSON.stringify(made));
      else {
        context.out(made.secret);
        context.err(`This is shown once. npx inlet tokens revoke ${made.id} ends it.`);
      }
    });

  tokens
    .command("list")
    .description("the tokens, newest first, without their secrets")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const day = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 10));
      printTable(context, {
        json: options.json === true,
        rows: await withLedger(context, "tokens", async (ledger) => ledger.access.tokens()),
        columns: [
          { title: "id", value: ({ id }) => id },
          { title: "name", value: ({ name }) => name },
          { title: "may", value: ({ grants }) => grants.map(({ role, tenant }) => `${role}:${tenant}`).join(" ") },
          { title: "by", value: ({ createdBy }) => createdBy },
          { title: "last used", value: ({ lastUsedAt }) => day(lastUsedAt) },
          { title: "ends", value: ({ expiresAt }) => day(expiresAt) },
          { title: "revoked", value: ({ revokedAt }) => day(revokedAt) },
        ],
        empty: "no machine has a token",
      });
    });

  tokens
    .command("revoke <id>")
    .description("end a token at once. Audited.")
    .option("--json", "print JSON: {id, revoked}")
    .action(async (id: string, options: { json?: boolean }) => {
      const revoked = await withLedger(context, "tokens", async (ledger) =>
        ledger.access.revokeToken(id, userInfo().username),
      );
      if (!revoked)
        throw new CommandFailed(`${id}: there is no such token that is good. npx inlet tokens list shows them`);
      if (options.json === true) context.out(JSON.stringify({ id, revoked }));
      else context.out(`${id} is no good any more`);
    });
}
