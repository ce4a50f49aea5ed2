import { html, type Html } from "@inlet/html";
import type { DeadLetterShare, ListedDeadLetter } from "@inlet/ledger";
import { TOPICS } from "@inlet/schemas";
import { isAllowed } from "@inlet/domain";
import { z } from "zod";
import { duration, emailPath, facts, formatCount, link, table, time } from "../page/parts.ts";
import { bulkForm } from "../page/bulk-form.ts";
import { describeNext } from "../page/describe-next.ts";
import { defineScreen, type Viewer } from "../screen.ts";
import { deadLetterFilter, toDeadLetterSet, type DeadLetterFilter } from "./dead-letter-filter.ts";
import { chooseReason } from "./dead-letters.ts";
import { estimateWork, type WorkEstimate } from "./estimate-work.ts";
import { deadPlace, limit, toArguments, toDeadPlace } from "./fields.ts";
import { judge, type Verdict } from "./next-step.ts";

/** Emails a second that a job sends again. */
const JOB_RATE = 50;

/** What the filter means at this moment: what dies later is none of it. */
interface FrozenSet {
  /** When it was counted, epoch ms. */
  readonly asOf: number;
  /** Epoch ms; null: there is no dead letter at all. */
  readonly until: number | null;
  readonly emails: number;
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
  readonly tenants: readonly DeadLetterShare[];
  /** The dlq has their records no longer: they cannot be sent again. */
  readonly gone: number;
  readonly estimate: WorkEstimate;
}

interface DeadLetterEmails {
  readonly set: FrozenSet;
  /** Null: emails of several causes. */
  readonly verdict: Verdict | null;
  readonly emails: readonly ListedDeadLetter[];
  readonly newer: string | null;
  readonly older: string | null;
}

const query = z.object({ ...deadLetterFilter, after: deadPlace.optional(), before: deadPlace.optional(), limit });

/** The dead letters that a filter means: how many they are, what sending them again asks, and which. */
export const deadLetterEmails = defineScreen({
  name: "deadLetterEmails",
  path: "/dead-letters/emails",
  title: "Dead letters of a kind",
  summary: "Dead letters of a filter, newest first, with what the whole of them comes to. No content, no addresses.",
  menu: false,
  role: null,
  query,
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, now }, { after, before, limit: most, ...filter }): Promise<DeadLetterEmails> => {
    const at = now();
    const until = await ledger.deadLetters.newest();
    const set = toDeadLetterSet(filter, { until: until ?? 0, now: at });
    const place = after ?? before;
    const from =
      place === undefined ? undefined : { place, way: after === undefined ? ("before" as const) : ("after" as const) };
    const [shares, rows, tenants] = await Promise.all([
      ledger.deadLetters.measure(set, at - TOPICS.dlq.retentionMs),
      ledger.deadLetters.page(set, { from, limit: most }),
      ledger.inspect.tenants(),
    ]);
    const [first, last] = [rows[0], rows.at(-1)];
    const full = rows.length === most;
    return {
      set: {
        asOf: at,
        until,
        emails: sum(shares, ({ emails }) => emails),
        oldestAt: shares.length === 0 ? null : Math.min(...shares.map(({ oldestAt }) => oldestAt)),
        newestAt: shares.length === 0 ? null : Math.max(...shares.map(({ newestAt }) => newestAt)),
        tenants: shares,
        gone: sum(shares, ({ gone }) => gone),
        estimate: estimateWork(shares, tenants, JOB_RATE),
      },
      verdict: filter.reason === undefined ? null : judge("dead_lettered", filter.reason, null),
      emails: rows,
      newer: first === undefined || from === undefined || (from.way === "before" && !full) ? null : toDeadPlace(first),
      older: last === undefined || !(from?.way === "before" || full) ? null : toDeadPlace(last),
    };
  },
  render: (
    { set, verdict, emails, newer, older },
    { after: _after, before: _before, limit: _limit, ...filter },
    viewer,
  ) =>
    html`<h1>Dead letters</h1>
      ${chooseFilter(filter)}
      ${verdict === null ? null : html`<p class="card">${verdict.what} ${describeNext(verdict)}</p>`}
      <h2>All that match</h2>
      ${describeSet(set)} ${set.emails === 0 ? null : offerActs(set, verdict, filter, viewer)}
      <h2>Which they are</h2>
      ${listEmails(emails)}
      <p class="pages">
        ${newer === null ? null : html`<a href="${link("/dead-letters/emails", { ...filter, before: newer })}" rel="prev">Newer</a>`}
        ${older === null ? null : html`<a href="${link("/dead-letters/emails", { ...filter, after: older })}" rel="next">Older</a>`}
      </p>`,
  command: ({ tenant, reason, since, limit: most }) =>
    `npx inlet dlq list${toArguments({ tenant, reason, since, limit: most })}`,
});

function sum<T>(rows: readonly T[], get: (row: T) => number): number {
  return rows.reduce((total, row) => total + get(row), 0);
}

function chooseFilter({ tenant, reason, code, release, since }: DeadLetterFilter): Html {
  return html`<form class="filter">
    <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
    <label>Reason ${chooseReason(reason)}</label>
    <label>The CRM's code <input name="code" value="${code ?? ""}" placeholder="hubspot:400:…, none" /></label>
    <label>Release <input name="release" value="${release ?? ""}" /></label>
    <label>Since <input name="since" value="${since ?? ""}" placeholder="30m, 12h, 7d" /></label>
    <label>&nbsp;<button>Show</button></label>
  </form>`;
}

function describeSet({ emails, oldestAt, newestAt, tenants, gone, estimate }: FrozenSet): Html {
  if (emails === 0) return html`<p class="card soft">No dead letter matches.</p>`;
  return facts([
    ["Emails", formatCount(emails)],
    ["Oldest", time(oldestAt)],
    ["Newest", time(newestAt)],
    ["Tenants", tenants.map((each) => `${each.tenant} (${formatCount(each.emails)})`).join(", ")],
    ["Calls to the CRM", `about ${formatCount(estimate.calls)}`],
    [
      "At the CRM's rate",
      estimate.ms === null ? "not known: a tenant has not called its CRM yet" : `about ${duration(estimate.ms)}`,
    ],
    [
      "Gone",
      gone === 0
        ? null
        : html`<span class="bad">${formatCount(gone)}</span> of them are in the dlq no longer: they cannot be sent again`,
    ],
  ]);
}

/** What can be done with all of it; what cannot help is left out, with the reason. */
function offerActs(set: FrozenSet, verdict: Verdict | null, filter: DeadLetterFilter, viewer: Viewer): Html {
  if (!isAllowed(viewer.grants, "replay", filter.tenant ?? null))
    return html`<p class="soft">
      Sending them again, or giving them up, needs the role
      <i>replay</i>${filter.tenant === undefined ? " for every tenant: choose a tenant of yours" : ""}.
    </p>`;
  const { emails, gone, until, asOf } = set;
  const tenants = set.tenants.map(({ tenant }) => tenant);
  const frozen = { fields: { ...filter, until: until ?? undefined, asOf }, emails, tenants };
  const discard = bulkForm({ ...frozen, path: "/dead-letters/discard", label: "Discard these", why: "needed" });
  const replay =
    gone === emails
      ? html`<p>None of them can be sent again: the dlq keeps records for 30 days, and theirs are gone.</p>`
      : verdict !== null && verdict.button !== "replay"
        ? html`<p>Sending them again would not help: ${verdict.next}</p>`
        : html`${bulkForm({ ...frozen, path: "/dead-letters/replay", label: "Replay these", why: "optional" })}${NOTHING_TWICE}`;
  const look = bulkForm({ ...frozen, emails: 0, path: "/dead-letters/dry-run", label: "Look first", why: "optional" });
  return html`<h3>What would become of each, with nothing written</h3>
    ${look}
    <h3>Send them again</h3>
    ${replay}
    <h3>Give them up</h3>
    ${discard}`;
}

const NOTHING_TWICE = html`<p class="soft">
  Each goes through its stage once more beside live mail. What was written of it before is found and not written again;
  two who press at once get one job. What ends as a dead letter after this page was made is none of them.
</p>`;

function listEmails(rows: readonly ListedDeadLetter[]): Html {
  return table<ListedDeadLetter>(
    rows,
    [
      { title: "Ended", value: ({ endedAt }) => time(endedAt) },
      { title: "Event", value: (row) => html`<a href="${emailPath(row.tenant, row.eventId)}">${row.eventId}</a>` },
      { title: "Tenant", value: (row) => row.tenant },
      { title: "Reason", value: (row) => row.reason },
      { title: "Detail", value: ({ detail }) => detail },
      { title: "Replays", value: ({ pass }) => pass, numeric: true },
    ],
    "No dead letter.",
  );
}
