import { isAllowed } from "@inlet/domain";
import { html } from "@inlet/html";
import type { AuditEntry, AuditFilter } from "@inlet/ledger";
import { z } from "zod";
import { link, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { limit, optional, parseSince, tenantId, toArguments } from "./fields.ts";

export const auditFilter = z.object({
  tenant: optional(tenantId),
  actor: optional(z.string().max(320)),
  action: optional(z.string().max(80)),
  since: optional(z.string().max(40)),
});

const query = auditFilter.extend({
  before: optional(z.coerce.number().int().positive()),
  limit,
});

/** Who did what. */
export const audit = defineScreen({
  name: "audit",
  path: "/audit",
  title: "Audit",
  summary:
    "Who did what, newest first: ids and filters, no content. A hash chain for each tenant (inlet audit verify).",
  menu: true,
  role: "administer",
  query,
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, now }, { before, limit: most, ...filter }) => ({
    entries: await ledger.auditLog.list({ ...toAuditFilter(filter, now()), beforeId: before, limit: most }),
  }),
  render: ({ entries }, { tenant, actor, action, since, limit: most }, viewer) => {
    const last = entries.at(-1);
    return html`<h1>Audit</h1>
      <form class="filter">
        <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
        <label>By <input name="actor" value="${actor ?? ""}" /></label>
        <label>Did <input name="action" value="${action ?? ""}" /></label>
        <label>Since <input name="since" value="${since ?? ""}" placeholder="30m, 12h, 7d" /></label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      ${table<AuditEntry>(
        entries,
        [
          { title: "At", value: ({ at }) => time(Date.parse(at)) },
          { title: "By", value: (entry) => entry.actor },
          { title: "From", value: ({ origin }) => origin },
          { title: "Tenant", value: (entry) => entry.tenant || null },
          { title: "Did", value: (entry) => entry.action },
          { title: "What", value: ({ detail }) => html`<code class="long">${describe(detail)}</code>` },
        ],
        "Nothing was done that is audited.",
      )}
      <p class="pages">
        ${last === undefined || entries.length < most ? null : html`<a href="${link("/audit", { tenant, actor, action, since, limit: most, before: last.id })}" rel="next">Older</a>`}
      </p>
      <p>
        <a href="${link("/audit/export", { tenant, actor, action, since })}">All of it as JSON, a line each</a>.
        ${isAllowed(viewer.grants, "administer", null) ? html`<a href="/audit/verify">Verify the chains</a>.` : null}
      </p>`;
  },
  command: ({ tenant, actor, action, since, before, limit: most }) =>
    `npx inlet audit list${toArguments({ tenant, actor, action, since, before, limit: most })}`,
});

export function toAuditFilter(
  { since, ...filter }: z.output<typeof auditFilter>,
  now: number,
): Omit<AuditFilter, "limit"> {
  return { ...filter, since: since === undefined ? undefined : parseSince(since, now) };
}

/** `name: value`, where each is a word or a number. */
function describe(detail: AuditEntry["detail"]): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
