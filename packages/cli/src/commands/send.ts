import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { type CliContext, CommandFailed, WrongUse, operatorEnvironment } from "../context.ts";
import { type Answer, SENDABLE_KINDS, type SendableKind, deliver } from "../deliver.ts";
import { printListing } from "../listing.ts";
import { sourceOf } from "../source-secret.ts";
import { standardInput } from "../standard-input.ts";

interface SendOptions {
  readonly tenant: string;
  readonly source: string;
  readonly as?: SendableKind;
  readonly secret?: string;
  readonly url?: string;
  readonly eventId?: string;
  readonly json?: boolean;
}

interface Sent extends Answer {
  readonly file: string;
}

/** `inlet send`: posts .eml files to the gateway as a trusted sender would. */
export function registerSend(program: Command, context: CliContext): void {
  program
    .command("send")
    .summary("send emails (.eml files) through the signed webhook")
    .description(
      `Send emails (.eml files) to the gateway, signed as a trusted sender signs them.

Without options they go to the sample tenant that inlet up starts, through its
source signed-json. Prints each email's eventId; inlet show EVENTID tells what
became of it. Exit code 1 when one was refused.`,
    )
    .argument("<file...>", "emails as raw MIME; - reads one from standard input")
    .option("--tenant <id>", "whose email it is", "demo")
    .option(
      "--source <name>",
      "the source in the tenant's file, which also says the kind and holds the secret",
      "signed-json",
    )
    .addOption(new Option("--as <kind>", "how to send (default: the source's kind)").choices(SENDABLE_KINDS))
    .option("--secret <secret>", "sign with this (default: the source's first secret)")
    .option("--url <url>", "the gateway (default: INLET_URL, or the one that inlet up started)")
    .option(
      "--event-id <id>",
      "your own id of the delivery; sent twice, it is a duplicate (default: a new one for each file)",
    )
    .option("--json", "print JSON")
    .action(async (files: string[], options: SendOptions) => {
      const env = operatorEnvironment(context);
      const url = options.url ?? env["INLET_URL"] ?? env["PUBLIC_URL"] ?? "http://127.0.0.1:8080";
      if (options.eventId !== undefined && files.length > 1)
        throw new WrongUse("--event-id names one delivery: send one file with it");
      const { kind, secret } = signerOf(options, env);
      const sent: Sent[] = [];
      for (const file of files) {
        const mime = file === "-" ? await standardInput() : await readFile(file);
        const delivery = {
          url,
          tenant: options.tenant,
          source: options.source,
          kind,
          secret,
          senderEventId: options.eventId ?? randomUUID(),
          mime,
          asItIs: false,
        };
        sent.push({ file, ...(await deliver(delivery)) });
      }
      printListing(context, {
        json: options.json === true,
        rows: sent,
        columns: [
          { title: "file", value: ({ file }) => file },
          { title: "status", value: ({ status }) => status, align: "right" },
          { title: "eventId", value: ({ eventId, problem }) => eventId ?? problem },
          { title: "duplicate", value: ({ duplicate }) => (duplicate === true ? "yes" : "") },
        ],
        empty: "nothing sent",
      });
      if (sent.some(({ eventId }) => eventId === null)) context.setExitCode(1);
    });
}

function signerOf(
  options: SendOptions,
  env: Readonly<Record<string, string | undefined>>,
): { kind: SendableKind; secret: string } {
  const needsFile = options.as === undefined || options.secret === undefined;
  const source = needsFile ? sourceOf(options.tenant, options.source, env) : null;
  const kind = options.as ?? SENDABLE_KINDS.find((name) => name === source?.kind);
  if (source === null && needsFile) {
    throw new CommandFailed(
      `there is no file of tenant ${options.tenant} in ${env["TENANTS_DIR"]}. Set TENANTS_DIR, or give --as and --secret.`,
    );
  }
  if (kind === undefined)
    throw new WrongUse(
      `inlet send cannot speak ${source?.kind ?? "this kind"}; it speaks ${SENDABLE_KINDS.join(", ")}`,
    );
  const secret = options.secret ?? source?.secrets.reveal()[0];
  if (secret === undefined)
    throw new CommandFailed(`source ${options.source} has no secret to sign with. Give --secret.`);
  return { kind, secret };
}
