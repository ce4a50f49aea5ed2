import { readEnvironment } from "@inlet/config";
import { getDomain } from "@inlet/domain";
import { openLedger, type DeliveryFilter, type ListedDelivery, type ListPlace } from "@inlet/ledger";
import type { Command } from "commander";
import { operatorEnvironment, UsageError, type CliContext } from "../context.ts";
import { isTenant } from "../is-tenant.ts";
import { parseTime } from "../parse-time.ts";
import { parseLimit } from "../parse-limit.ts";
import { printTable } from "../print-table.ts";

/** Of a delivery, in the order of its way (docs: README, "Every email ends"). */
const STATES = ["accepted", "parsed", "delivering", "waiting", "written", "suppressed", "dead_lettered", "in_flight"];
const MOST = 10_000;

interface Options {
  readonly tenant?: string;
  readonly state?: string;
  readonly since?: string;
  readonly domain?: string;
  readonly after?: string;
  readonly before?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** `inlet list`: which emails came, and what became of each. */
export function registerList(program: Command, context: CliContext): void {
  program
    .command("list")
    .description("emails, newest first, with what became of each: no content, no addresses")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--state <state>", `only in this state: ${STATES.map(shown).join(", ")}`)
    .option("--since <time>", "only received since then: 30m, 12h, 7d, or a time such as 2026-11-30T08:00:00Z")
    .option("--domain <domain>", "only from senders of exactly this domain")
    .option("--limit <n>", "at most so many", "50")
    .option("--after <cursor>", "the page after this place: older ones")
    .option("--before <cursor>", "the page before this place: newer ones")
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      const filter = parseFilter(options, Date.now());
      const { databaseUrl } = readEnvironment(operatorEnvironment(context), ["database"]);
      const ledger = openLedger({ connectionString: databaseUrl, applicationName: "inlet list" });
      try {
        const rows = await ledger.inspect.list(filter);
        const unknown = rows.length === 0 && options.tenant !== undefined && !isTenant(context, options.tenant);
        printTable(context, {
          json: options.json === true,
          rows: rows.map((row) => ({ ...row, cursor: toCursor(row) })),
          columns: [
            { title: "received", value: ({ receivedAt }) => new Date(receivedAt).toISOString().replace(/\.\d+Z/, "Z") },
            { title: "event", value: ({ eventId }) => eventId },
            { title: "tenant", value: ({ tenant }) => tenant },
            { title: "source", value: ({ source }) => source },
            { title: "from", value: ({ senderDomain }) => senderDomain },
            {
              title: "state",
              value: ({ state, reason }) => (reason === null ? shown(state) : `${shown(state)} (${reason})`),
            },
          ],
          empty: unknown ? `no email, and no tenant ${options.tenant}` : "no email",
        });
        for (const hint of otherPages(rows, filter)) context.err(hint);
      } finally {
        await ledger.close();
      }
    });
}

/** Throws {@link UsageError} on what it cannot read. */
export function parseFilter(options: Options, now: number): DeliveryFilter {
  const limit = parseLimit(options.limit, MOST);
  const { tenant, after, before } = options;
  if (after !== undefined && before !== undefined) throw new UsageError("--after or --before, not both");
  const state = options.state?.replaceAll("-", "_");
  if (state !== undefined && !STATES.includes(state))
    throw new UsageError(`--state ${options.state}: there is no such state. One of ${STATES.map(shown).join(", ")}`);
  const domain = options.domain === undefined ? undefined : getDomain(`x@${options.domain.replace(/^.*@/, "")}`);
  if (domain === null) throw new UsageError(`--domain ${options.domain}: not a domain, such as customer.example`);
  const since = options.since === undefined ? undefined : parseTime(options.since, now);
  const cursor = after ?? before;
  const way = after === undefined ? "before" : "after";
  const from = cursor === undefined ? undefined : ({ place: toPlace(cursor), way } as const);
  return { tenant, state, domain, since, from, limit };
}

/** Where the neighbouring pages are; a page that is not full is the last one on its way. */
function otherPages(rows: readonly ListedDelivery[], { from, limit }: DeliveryFilter): string[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const full = rows.length === limit;
  return [
    ...(from === undefined || (from.way === "before" && !full) ? [] : [`newer: --before ${toCursor(first)}`]),
    ...(from?.way === "before" || full ? [`older: --after ${toCursor(last)}`] : []),
  ];
}

function toCursor({ receivedAt, eventId }: ListPlace): string {
  return `${receivedAt}-${eventId}`;
}

function toPlace(cursor: string): ListPlace {
  const [, at, eventId] = /^(\d{1,16})-(evt_\w{1,64})$/.exec(cursor) ?? [];
  if (at === undefined || eventId === undefined)
    throw new UsageError(`${cursor} is no place in the list: take one that inlet list has printed`);
  return { receivedAt: Number(at), eventId };
}

function shown(state: string): string {
  return state.replaceAll("_", "-");
}
