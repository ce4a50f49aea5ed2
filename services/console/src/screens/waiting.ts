import { html, type Html } from "@inlet/html";
import { waitReason, whyItWaits, type ListedWaiting } from "@inlet/ledger";
import { z } from "zod";
import { isAllowed } from "@inlet/domain";
import { bulkForm } from "../page/bulk-form.ts";
import { duration, emailPath, formatCount, table, time } from "../page/parts.ts";
import { defineScreen, type Viewer } from "../screen.ts";
import { limit, optional, parseSince, tenantId, toArguments } from "./fields.ts";
import { WAIT_STEPS } from "./next-step.ts";

const query = z.object({
  tenant: optional(tenantId),
  reason: optional(z.string().max(80)),
  since: optional(z.string().max(40)),
  limit,
});
type Filter = Omit<z.infer<typeof query>, "limit">;

type WaitingRow = ListedWaiting & { readonly why: string; readonly next: string | null };

interface WaitingData {
  /** How many the filter means, of which the list has the first. */
  readonly total: number;
  readonly counts: readonly { readonly tenant: string; readonly code: string; readonly emails: number }[];
  readonly emails: readonly WaitingRow[];
}

/** What waits, why, and until when. */
export const waiting = defineScreen({
  name: "waiting",
  path: "/waiting",
  title: "Waiting",
  summary: "Emails that wait, the longest first: why, until when, what helps; and how many the filter means.",
  menu: true,
  role: null,
  query,
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, now }, { limit: most, since, ...named }): Promise<WaitingData> => {
    const filter = { ...named, since: since === undefined ? undefined : parseSince(since, now()) };
    const [counts, rows] = await Promise.all([ledger.waiting.count(filter), ledger.waiting.list(filter, most)]);
    return {
      total: counts.reduce((sum, { emails }) => sum + emails, 0),
      counts,
      emails: rows.map((row) => ({ ...row, why: whyItWaits(row), next: WAIT_STEPS[waitReason(row)].next })),
    };
  },
  render: ({ total, counts, emails }, { limit: _, ...filter }, viewer) =>
    html`<h1>Waiting</h1>
      <form class="filter">
        <label>Tenant <input name="tenant" value="${filter.tenant ?? ""}" /></label>
        <label>Code <input name="reason" value="${filter.reason ?? ""}" placeholder="quota, hubspot:5xx" /></label>
        <label>Since <input name="since" value="${filter.since ?? ""}" placeholder="30m, 12h, 7d" /></label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      ${table<WaitingRow>(
        emails,
        [
          { title: "Since", value: (row) => time(row.since) },
          { title: "For", value: ({ oldestMs }) => duration(oldestMs), numeric: true },
          { title: "Event", value: (row) => html`<a href="${emailPath(row.tenant, row.eventId)}">${row.eventId}</a>` },
          { title: "Tenant", value: (row) => row.tenant },
          { title: "Why, and until when", value: ({ why }) => why },
          { title: "Next", value: ({ next }) => next },
        ],
        "Nothing waits.",
      )}
      ${total === 0 ? null : offerActs({ total, counts }, filter, viewer)}`,
  command: ({ tenant, reason, since, limit: most }) =>
    `npx inlet waiting list${toArguments({ tenant, reason, since, limit: most })}`,
});

/** On all that match, never on the rows of a page alone. */
function offerActs({ total, counts }: Pick<WaitingData, "total" | "counts">, filter: Filter, viewer: Viewer): Html {
  const { tenant, reason, since } = filter;
  const sums = counts.map((each) => `${each.tenant} ${each.code} ${formatCount(each.emails)}`).join(", ");
  const all = [tenant, reason, since].every((each) => each === undefined) ? "true" : undefined;
  const tenants = [...new Set(counts.map((each) => each.tenant))];
  const means = { fields: { tenant, reason, since, all }, emails: total, tenants };
  const forms = isAllowed(viewer.grants, "process", tenant ?? null)
    ? html`${bulkForm({ ...means, path: "/waiting/retry", label: "Retry all that match", why: "optional" })}
        <p class="soft">Due now. A conversation keeps its order; a circuit, a hold or a quota holds them still.</p>
        ${bulkForm({ ...means, path: "/waiting/dead-letter", label: "Take all that match out", why: "needed" })}
        <p class="soft">Each ends as a dead letter (<i>taken_out</i>), from where it can be sent again.</p>`
    : html`<p class="soft">Acting on them needs the role <i>process</i>.</p>`;
  return html`<h2>All that match: ${formatCount(total)}</h2>
    <p>${sums}</p>
    ${forms}`;
}
