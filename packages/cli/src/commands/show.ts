import { setTimeout } from "node:timers/promises";
import { type RawEnvironment, readEnvironment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import {
  type DeliveryView,
  type JourneyStep,
  type Ledger,
  type MappingView,
  openLedger,
  type WaitingView,
  whyItWaits,
} from "@inlet/ledger";
import { describeSearch, searchEmails } from "@inlet/operations";
import type { Command } from "commander";
import { nameOperator } from "../jobs/operator.ts";
import { type CliContext, CommandFailed, operatorEnvironment, UsageError } from "../context.ts";
import { attachmentLines, linkedAttachments, type LinkedAttachment } from "../attachment-links.ts";
import { withAdmin } from "../kafka-admin.ts";
import { describeUnread, findUnread } from "../unread-email.ts";
import { followEmails, formatTimeline } from "../follow-email.ts";
import { formatTable } from "../print-table.ts";

/** `inlet show ID`: where an email is and how it got there. */
export function registerShow(program: Command, context: CliContext): void {
  program
    .command("show <id>")
    .description(
      "an email's whole journey. ID: our eventId (evt_…), emailKey (eml_…) or conversation (cnv_…), the sender's event or delivery id, a Message-ID, the id or address of a CRM record, a trace id, topic/partition/offset, an address, or words of a subject.",
    )
    .option("--links", "add links, good for 15 minutes, to its attachments")
    .option("--watch", "follow it until it has ended: print what is new, every second")
    .option("--json", "print JSON")
    .action(async (id: string, options: { json?: boolean; links?: boolean; watch?: boolean }) => {
      if (options.watch === true && options.json === true)
        throw new UsageError("--watch prints lines: leave out --json");
      const { databaseUrl, searchKey } = readEnvironment(operatorEnvironment(context), ["database"]);
      const ledger = openLedger({ connectionString: databaseUrl, applicationName: "inlet show" });
      try {
        const result = await searchEmails({ search: ledger.search, searchKey }, id, EVERY_TENANT);
        if (result.words?.state === "searched")
          await ledger.audit(nameOperator(), `search by ${result.words.kind}`, { found: result.found.length });
        const journeys = await findJourneys(ledger, result.found);
        const found = options.links === true ? await withLinks(operatorEnvironment(context), journeys) : journeys;
        const unread = found.length === 0 ? await findUnread(context, id) : null;
        if (options.json === true) context.out(JSON.stringify(unread === null ? found : [unread], null, 2));
        else if (unread !== null) context.out(describeUnread(unread));
        if (found.length === 0 && unread === null) {
          throw new CommandFailed(
            `nothing is known by ${id}: no delivery in the ledger, and none that waits to be read. ${describeSearch(result)}`,
          );
        }
        if (options.json !== true && found.length > 0) context.out(found.map(describe).join("\n\n"));
        if (options.watch === true)
          await followEmails(found, {
            look: async () => findJourneys(ledger, await lookAgain(ledger, result.found)),
            wait: async () => setTimeout(LOOK_EVERY_MS),
            out: (line) => context.out(line),
          });
      } finally {
        await ledger.close();
      }
    });
}

const EVERY_TENANT = { tenants: null, contentTenants: null };
const LOOK_EVERY_MS = 1000;

type Found = DeliveryView & {
  readonly journey: JourneyStep[];
  /** Under which mapping it ended; null where it has not. */
  readonly mapping: MappingView | null;
  /** Why it waits, and until when; null where it does not. */
  readonly waits: (WaitingView & { readonly why: string }) | null;
  readonly attachments?: readonly LinkedAttachment[];
};

async function lookAgain({ inspect }: Pick<Ledger, "inspect">, found: readonly DeliveryView[]) {
  const views = await Promise.all(found.map(async ({ tenant, eventId }) => inspect.delivery(tenant, eventId)));
  return views.filter((view) => view !== null);
}

async function findJourneys(
  ledger: Pick<Ledger, "inspect" | "waiting">,
  deliveries: readonly DeliveryView[],
): Promise<Found[]> {
  return Promise.all(
    deliveries.map(async (delivery) => ({
      ...delivery,
      journey: await ledger.inspect.journey(delivery.tenant, delivery.eventId),
      mapping: await ledger.inspect.mapping(delivery.tenant, delivery.eventId),
      waits: delivery.state === "waiting" ? await findWaits(ledger, delivery) : null,
    })),
  );
}

async function findWaits(ledger: Pick<Ledger, "waiting">, { tenant, eventId }: DeliveryView): Promise<Found["waits"]> {
  const view = await ledger.waiting.view(tenant, eventId);
  return view === null ? null : { ...view, why: whyItWaits(view) };
}

async function withLinks(env: RawEnvironment, deliveries: readonly Found[]): Promise<Found[]> {
  const environment = readEnvironment(env, ["kafka", "registry", "publicUrl", "urlSigningKeys"]);
  const { publicUrl, urlSigningKeys } = environment;
  const codec = createCodec({ registry: createRegistry(environment.schemaRegistry) });
  return withAdmin(environment, async (admin) => {
    const making = { admin, codec, publicUrl, urlSigningKeys, now: Date.now() };
    return Promise.all(
      deliveries.map(async (each) => ({ ...each, attachments: await linkedAttachments(each, making) })),
    );
  });
}

const BY_REFERENCE = "in Kafka alone, its tenant's share of the ledger being full; taken over before Kafka deletes it";

function describe(found: Found): string {
  const { state, reason, detail, duplicateOf } = found;
  const end = [
    state.replace("_", "-"),
    reason === null ? "" : `(${reason}${detail === null ? "" : `: ${detail}`})`,
    duplicateOf === null ? "" : `of ${duplicateOf}`,
  ];
  const facts: [string, string | null][] = [
    ["state", end.filter((part) => part !== "").join(" ")],
    ["waits", found.waits?.why ?? null],
    ["its record", found.waits?.byReference === true ? BY_REFERENCE : null],
    ["tenant, lane", `${found.tenant}, ${found.lane}`],
    ["source", `${found.source.name} (${found.source.kind})`],
    [
      "sender's ids",
      [found.source.eventId, found.source.deliveryId].filter((each) => each !== null).join(", ") || null,
    ],
    ["message id", found.messageId],
    ["email", found.emailKey],
    ["conversation", found.conversationId],
    ["trace", found.traceId],
    ["raw event", place(found.raw)],
    ["normalized", place(found.normalized)],
    ["dead letter", state === "dead_lettered" ? place(found.deadLetter) : null],
    ["pass, attempts", `${found.pass}, ${found.attempt + 1}`],
    ["mapping", describeMapping(found.mapping)],
    ["warnings", found.warnings.join("; ") || null],
  ];
  const lines = [
    found.eventId,
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(15)}${value}`])),
  ];
  lines.push("", "  journey", ...formatTimeline(found).map((line) => `    ${line}`));
  if (found.effects.length > 0) {
    lines.push("", "  in the CRM");
    const table = formatTable(found.effects, [
      { title: "effect", value: ({ effect }) => (effect === "stage" ? "deal's stage, tags" : effect) },
      { title: "record", value: ({ recordId }) => recordId },
      {
        title: "how",
        // Null: the CRM does not say whether its record was there, or there is none of its own.
        value: ({ created }) => (created === true ? "created" : created === false ? "was there" : "written"),
      },
    ]);
    lines.push(...table.split("\n").map((line) => `    ${line}`));
  }
  if (found.attachments !== undefined) lines.push(...attachmentLines(found.attachments));
  const evidence = Object.entries(found.evidence);
  if (evidence.length > 0)
    lines.push("", "  evidence", ...evidence.map(([what, why]) => `    ${what}: ${JSON.stringify(why)}`));
  return lines.join("\n");
}

/** What it was made of, and which parts of the tenant's file are different by now: a replay looks at the email again. */
function describeMapping(mapping: MappingView | null): string | null {
  if (mapping === null) return null;
  const { version, parts, current, changed } = mapping;
  const of = parts === null ? "" : `, made of ${parts.join(", ")}`;
  if (current === null || current === version) return `${version}${of}`;
  return `${version}${of}; changed since: ${changed.join(", ") || "not known"} (now ${current})`;
}

function place(at: DeliveryView["raw"]): string | null {
  return at === null ? null : `${at.topic}, partition ${at.partition}, offset ${at.offset}`;
}
