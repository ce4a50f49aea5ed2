import { html, type Html } from "@inlet/html";
import type { DeadLetterGroup } from "@inlet/ledger";
import { DEAD_LETTER_REASONS } from "@inlet/schemas";
import { z } from "zod";
import { formatCount, link, table, time } from "../page/parts.ts";
import { showTrend } from "../page/trend.ts";
import { defineScreen } from "../screen.ts";
import { deadLetterFilter, toDeadLetterSet, writeNone } from "./dead-letter-filter.ts";
import { toArguments } from "./fields.ts";
import { judge, type Verdict } from "./next-step.ts";

/** Groups that one page shows; those with the most emails come first. */
const MOST = 200;

type Group = DeadLetterGroup & { readonly verdict: Verdict };

/** What could not go on, a line a cause, however many emails it has met. */
export const deadLetters = defineScreen({
  name: "deadLetters",
  path: "/dead-letters",
  title: "Dead letters",
  summary: "Dead letters by tenant, reason, the CRM's code and release: how many, first, last, by day, and what helps.",
  menu: true,
  role: null,
  query: z.object(deadLetterFilter),
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, now }, filter): Promise<{ groups: readonly Group[] }> => {
    const at = now();
    const until = (await ledger.deadLetters.newest()) ?? 0;
    const groups = await ledger.deadLetters.group(toDeadLetterSet(filter, { until, now: at }), MOST);
    return { groups: groups.map((group) => ({ ...group, verdict: judge("dead_lettered", group.reason, null) })) };
  },
  render: ({ groups }, filter, _, { now }) => {
    const { tenant, reason, since } = filter;
    return html`<h1>Dead letters</h1>
      <form class="filter">
        <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
        <label>Reason ${chooseReason(reason)}</label>
        <label>Since <input name="since" value="${since ?? ""}" placeholder="30m, 12h, 7d" /></label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      ${table<Group>(
        groups,
        [
          { title: "Emails", value: (group) => openGroup(group, since), numeric: true },
          { title: "What happened", value: describeCause },
          { title: "Tenant", value: (group) => group.tenant },
          { title: "Release", value: ({ release }) => release },
          { title: "First, last", value: ({ firstAt, lastAt }) => html`${time(firstAt)}<br />${time(lastAt)}` },
          { title: "Fourteen days", value: ({ days }) => showTrend(days, now()) },
          { title: "Next", value: ({ verdict }) => verdict.next },
        ],
        "No dead letters.",
      )}
      ${groups.length < MOST ? null : html`<p class="soft">The ${MOST} groups with the most emails: a tenant or a reason shows the others.</p>`}`;
  },
  command: ({ tenant, reason, since }) => `npx inlet dlq list --group${toArguments({ tenant, reason, since })}`,
});

function openGroup({ emails, tenant, reason, code, release }: Group, since: string | undefined): Html {
  const filter = { tenant, reason: reason ?? undefined, code: writeNone(code), release: writeNone(release), since };
  return html`<a href="${link("/dead-letters/emails", filter)}">${formatCount(emails)}</a>`;
}

function describeCause({ reason, code, verdict }: Group): Html {
  return html`${verdict.what}<br /><span class="soft">${reason}${code === null ? null : html`, ${code}`}</span>`;
}

export function chooseReason(chosen: string | undefined): Html {
  const option = (reason: string): Html =>
    reason === chosen
      ? html`<option value="${reason}" selected>${reason}</option>`
      : html`<option value="${reason}">${reason}</option>`;
  return html`<select name="reason">
    <option value="">any</option>
    ${Object.keys(DEAD_LETTER_REASONS).map(option)}
  </select>`;
}
