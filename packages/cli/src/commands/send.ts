import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { type CliContext, UsageError, operatorEnvironment } from "../context.ts";
import { type Answer, deliver, type Signer } from "../deliver.ts";
import { printTable } from "../print-table.ts";
import { SENDABLE_KINDS, findSigner } from "../find-signer.ts";
import { standardInput } from "../standard-input.ts";

interface SendOptions {
  readonly tenant: string;
  readonly source: string;
  readonly as?: string;
  readonly secret?: string;
  readonly key?: string;
  readonly form?: "parsed" | "raw";
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
    .summary("send emails (.eml files) as a trusted sender or a provider would")
    .description(
      `Send emails (.eml files) to the gateway, signed as a trusted sender signs them,
or as an email provider would post them (--source postmark, mailgun, …).

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
    .option("--key <file>", "private key (PEM) that signs for ses and sendgrid (default: the sample tenant's)")
    .addOption(
      new Option(
        "--form <form>",
        "which of a provider's forms (default: raw where the source's name ends in mime or raw)",
      ).choices(["parsed", "raw"]),
    )
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
        throw new UsageError("--event-id names one delivery: send one file with it");
      const signer: Signer = await findSigner(options, env);
      const sent: Sent[] = [];
      for (const file of files) {
        const mime = file === "-" ? await standardInput() : await readFile(file);
        const delivery = {
          url,
          tenant: options.tenant,
          source: options.source,
          ...signer,
          deliveryId: options.eventId ?? randomUUID(),
          mime,
          asItIs: false,
        };
        sent.push({ file, ...(await deliver(delivery)) });
      }
      printTable(context, {
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
