import { ROLES } from "@inlet/domain";
import type { AccessToken } from "@inlet/ledger";
import { createToken, revokeToken } from "@inlet/operations";
import type { Command } from "commander";
import { UsageError, type CliContext } from "../context.ts";
import { collectGrants, parseTtl, type GrantOption } from "../parse-grants.ts";
import { withOperator } from "../operate/with-operator.ts";
import { printTable } from "../print-table.ts";

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
      if (options.ttl !== undefined) parseTtl(options.ttl);
      const grants = options.grant.map(({ role, tenant }) => `${role}:${tenant}`);
      const made = await withOperator(context, "tokens", async (operator) =>
        operator.call(createToken, { name, grants, ttl: options.ttl }),
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
        rows: (
          await withOperator(context, "tokens", async (operator) =>
            operator.read<{ tokens: AccessToken[] }>("/tokens", {}, async ({ ledger }) => ({
              tokens: await ledger.access.tokens(),
            })),
          )
        ).tokens,
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
      await withOperator(context, "tokens", async (operator) => operator.call(revokeToken, { id }));
      if (options.json === true) context.out(JSON.stringify({ id, revoked: true }));
      else context.out(`${id} is no good any more`);
    });
}
