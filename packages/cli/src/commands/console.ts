import { userInfo } from "node:os";
import { readEnvironment } from "@inlet/config";
import { createSignInLink } from "@inlet/operations";
import type { Command } from "commander";
import { operatorEnvironment, type CliContext } from "../context.ts";
import { chooseTarget } from "../operate/choose-target.ts";
import { withOperator } from "../operate/with-operator.ts";
import { collectGrants, parseTtl, type GrantOption } from "../parse-grants.ts";

/** `inlet console link`: signing in where there is no identity provider. */
export function registerConsole(program: Command, context: CliContext): void {
  program
    .command("console")
    .description("the console: where emails are, whether any is lost, what to do next")
    .command("link")
    .description("print a link that signs in to the console once. Audited.")
    .option(
      "--grant <role[:tenant]>",
      "what it allows; may be given several times (default: every role)",
      collectGrants,
      [],
    )
    .option("--as <name>", "who it is for, as the audit names them", userInfo().username)
    .option("--ttl <time>", "how long it is good: 10m, 12h, 7d", "10m")
    .option("--json", "print JSON: {url}")
    .action(async (options: { grant: GrantOption; as: string; ttl: string; json?: boolean }) => {
      parseTtl(options.ttl);
      const grants = options.grant.map(({ role, tenant }) => `${role}:${tenant}`);
      // Where the console is, is to be known here when it is not asked.
      if (chooseTarget(context.env) === null) readEnvironment(operatorEnvironment(context), ["console"]);
      const { url } = await withOperator(context, "console", async (operator) =>
        operator.call(createSignInLink, { for: options.as, grants, ttl: options.ttl }),
      );
      if (options.json === true) context.out(JSON.stringify({ url }));
      else context.out(url);
    });
}
