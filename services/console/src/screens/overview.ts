import { html, type Html } from "@inlet/html";
import { whyItWaits, type WaitingMail } from "@inlet/ledger";
import type { Lost } from "@inlet/reconcile";
import { z } from "zod";
import { duration, emailPath, facts, link, table, time, toWords } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { optional, tenantId } from "./fields.ts";
import { readFigures, WINDOWS, type OverviewFigures, type Window } from "./overview-figures.ts";

const FIRST_LOST = 10;
const WINDOW_WORDS: Readonly<Record<Window, string>> = { hour: "last hour", day: "last day", all: "all mail" };

const query = z.object({
  tenant: optional(tenantId),
  window: z.preprocess((given) => (given === "" ? undefined : given), z.enum(["hour", "day", "all"]).default("all")),
});

/** Is anything lost, how fast does it go, and what waits: the first page. */
export const overview = defineScreen({
  name: "overview",
  path: "/",
  title: "Overview",
  summary:
    "Whether every accepted email is accounted for, of a tenant and a window; rates, latency, lag, open circuits, what waits for what, dead letters of the day.",
  menu: true,
  role: null,
  query,
  tenant: ({ tenant }) => tenant ?? null,
  // One reading for all who look at the same: who has one tenant never shares that of all.
  read: async (deps, { tenant, window }) =>
    deps.readings.get(`overview ${tenant ?? "*"} ${window}`, async () => readFigures(deps, tenant ?? null, window)),
  render: (figures, { tenant, window }) =>
    html`<h1>Overview${tenant === undefined ? null : html` of ${tenant}`}</h1>
      <p class="pages">
        ${Object.entries(WINDOW_WORDS).map(([each, words]) =>
          each === window
            ? html`<b>${words}</b> `
            : html`<a href="${link("/", { tenant, window: each })}">${words}</a> `,
        )}
      </p>
      ${renderBalance(figures, { tenant, window })} ${renderFigures(figures, tenant)}
      <h2>What waits</h2>
      ${table<WaitingMail>(
        figures.waiting,
        [
          {
            title: "Tenant",
            value: (mail) => html`<a href="${link("/waiting", { tenant: mail.tenant })}">${mail.tenant}</a>`,
          },
          { title: "Emails", value: ({ emails }) => emails, numeric: true },
          { title: "Oldest", value: ({ oldestMs }) => duration(oldestMs) },
          { title: "Why, and until when", value: (mail) => whyItWaits(mail) },
        ],
        "Nothing waits.",
      )}`,
  command: () => "npx inlet reconcile",
});

function renderBalance(
  { balance, countedAt, unread, lost, faults }: OverviewFigures,
  { tenant, window }: z.output<typeof query>,
): Html {
  if (balance === null) return html`<p class="card soft">Counting for the first time. Look again in a minute.</p>`;
  const { accepted, written, suppressed, deadLettered, inFlight } = balance;
  const since = WINDOWS[window]?.since;
  // The list behind a number has the filter of the number.
  const count = (n: number, word: string, state?: string) =>
    html`<a href="${link("/emails", { tenant, state, since })}"><b>${n}</b> ${word}</a>`;
  return html`<div class="card">
    <p class="sum">
      ${count(accepted, "accepted")} = ${count(written, "written", "written")} +
      ${count(suppressed, "suppressed", "suppressed")} + ${count(deadLettered, "dead-lettered", "dead_lettered")} +
      ${count(inFlight, "in flight", "in_flight")}
    </p>
    ${renderLost(lost)}
    ${
      faults.length === 0
        ? null
        : html`<ul class="wait">
            ${faults.slice(0, FIRST_LOST).map((each) => html`<li>${each}</li>`)}
          </ul>`
    }
    <p class="soft">
      ${unread === 0 ? null : html`${unread} more are in Kafka and not yet read. `}Counted at ${time(countedAt)}.
    </p>
  </div>`;
}

function renderLost(lost: readonly Lost[]): Html {
  if (lost.length === 0) return html`<p class="good"><b>0 lost</b>: every accepted email is accounted for.</p>`;
  return html`<p class="bad"><b>${lost.length} lost</b>. The first:</p>
    <ul>
      ${lost
        .slice(0, FIRST_LOST)
        .map(
          (each) =>
            html`<li>
              <a href="${emailPath(each.tenant, each.eventId)}">${each.eventId}</a> of ${each.tenant},
              ${toWords(each.state)}: ${each.why}
            </li>`,
        )}
    </ul>
    <p>What to do: <code>npx inlet reconcile --deep</code>, and the runbook docs/runbooks/reconcile.md.</p>`;
}

function renderFigures(figures: OverviewFigures, tenant: string | undefined): Html {
  const { perMinute, latency, lag, openCircuits, died } = figures;
  const trend = died.today === died.before ? "as many as" : died.today > died.before ? "more than" : "fewer than";
  return facts([
    ["Accepted a minute", perMinute === null ? "known after the next count" : perMinute.accepted.toFixed(1)],
    ["Written a minute", perMinute === null ? "known after the next count" : perMinute.written.toFixed(1)],
    [
      "Acceptance to CRM",
      latency.emails === 0
        ? "no email was written"
        : `half within ${duration(latency.p50Ms)}, 99 of 100 within ${duration(latency.p99Ms)} (${latency.emails} emails)`,
    ],
    [
      "Unread records",
      Object.entries(lag)
        .map(([group, records]) => `${group} ${records}`)
        .join(", ") || null,
    ],
    [
      "Open circuits",
      openCircuits.length === 0
        ? "none"
        : html`${openCircuits
            .slice(0, 50)
            .map(
              (each) =>
                html`<a href="${link("/tenants", { tenant: each.tenant })}">${each.tenant}</a> (${each.circuitCode},
                  next probe in ${duration(each.probeInMs)}) `,
            )}`,
    ],
    [
      "Dead letters of the last day",
      html`<a href="${link("/emails", { tenant, state: "dead_lettered", since: "1d" })}">${died.today}</a>, ${trend} the
        day before (${died.before})`,
    ],
  ]);
}
