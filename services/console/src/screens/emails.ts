import { html } from "@inlet/html";
import { listGrantedTenants } from "@inlet/domain";
import type { ListedDelivery } from "@inlet/ledger";
import { emailFilter } from "@inlet/operations";
import type { z } from "zod";
import { emailPath, link, stateWord, table, time, toWords } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { renderViews } from "../views/render-views.ts";
import { limit, optional, parseSince, place, STATES, toArguments, toPlace } from "./fields.ts";

const query = emailFilter.extend({
  after: optional(place),
  before: optional(place),
  limit,
});

/** Which emails came, and what became of each: no content, no one's address. */
export const emails = defineScreen({
  name: "emails",
  path: "/emails",
  title: "Emails",
  summary: "Emails, newest first, with what became of each. No content, no addresses.",
  menu: true,
  role: null,
  query,
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, now }, { after, before, limit: most, ...filter }, { actor, grants }) => {
    const at = after ?? before;
    const from =
      at === undefined ? undefined : { place: at, way: after === undefined ? ("before" as const) : ("after" as const) };
    const rows = await ledger.inspect.list({ ...toDeliveryFilter(filter, now()), from, limit: most });
    const views = await ledger.views.list({ owner: actor, tenants: listGrantedTenants(grants) });
    const [first, last] = [rows[0], rows.at(-1)];
    const full = rows.length === most;
    return {
      emails: rows,
      newer: first === undefined || from === undefined || (from.way === "before" && !full) ? null : toPlace(first),
      older: last === undefined || !(from?.way === "before" || full) ? null : toPlace(last),
      views,
    };
  },
  render: ({ emails: rows, newer, older, views }, { tenant, state, since, domain, limit: most }, viewer) => {
    const kept = { tenant, state, since, domain, limit: most };
    return html`<h1>Emails</h1>
      ${renderViews(views, { tenant, state, since, domain }, viewer)}
      <form class="filter">
        <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
        <label
          >State
          <select name="state">
            <option value="">any</option>
            ${STATES.map((each) => (each === state ? html`<option value="${each}" selected>${toWords(each)}</option>` : html`<option value="${each}">${toWords(each)}</option>`))}
          </select></label
        >
        <label>Since <input name="since" value="${since ?? ""}" placeholder="30m, 12h, 7d" /></label>
        <label>Sender's domain <input name="domain" value="${domain ?? ""}" /></label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      ${table<ListedDelivery>(
        rows,
        [
          { title: "Received", value: ({ receivedAt }) => time(receivedAt) },
          { title: "Event", value: (row) => html`<a href="${emailPath(row.tenant, row.eventId)}">${row.eventId}</a>` },
          { title: "Tenant", value: (row) => row.tenant },
          { title: "Source", value: ({ source }) => source },
          { title: "From", value: ({ senderDomain }) => senderDomain },
          {
            title: "State",
            value: (row) => html`${stateWord(row.state)}${row.reason === null ? null : html` ${row.reason}`}`,
          },
        ],
        "No email.",
      )}
      <p class="soft">
        As a file, at most 100,000 rows:
        <a href="${link("/emails/export", { tenant, state, since, domain, format: "csv" })}">CSV</a>
        <a href="${link("/emails/export", { tenant, state, since, domain, format: "json" })}">JSON</a>
      </p>
      <p class="pages">
        ${newer === null ? null : html`<a href="${link("/emails", { ...kept, before: newer })}" rel="prev">Newer</a>`}
        ${older === null ? null : html`<a href="${link("/emails", { ...kept, after: older })}" rel="next">Older</a>`}
      </p>`;
  },
  command: ({ tenant, state, since, domain, limit: most, after, before }) =>
    `npx inlet list${toArguments({
      tenant,
      state: state === undefined ? undefined : toWords(state),
      since,
      domain,
      limit: most,
      after: after === undefined ? undefined : toPlace(after),
      before: before === undefined ? undefined : toPlace(before),
    })}`,
});

/** Throws a problem on a `since` that it cannot read. */
export function toDeliveryFilter({ since, domain, ...filter }: z.output<typeof emailFilter>, now: number) {
  return {
    ...filter,
    domain: domain?.toLowerCase(),
    since: since === undefined ? undefined : parseSince(since, now),
  };
}
