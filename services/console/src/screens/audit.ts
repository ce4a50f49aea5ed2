import { html } from "@inlet/html";
import type { AuditEntry } from "@inlet/ledger";
import { z } from "zod";
import { link, table } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { limit, optional, parseSince, tenantId, toArguments } from "./fields.ts";

const query = z.object({
  tenant: optional(tenantId),
  actor: optional(z.string().max(320)),
  action: optional(z.string().max(80)),
  since: optional(z.string().max(40)),
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
  read: async ({ ledger, now }, { since, before, ...filter }) => ({
    entries: await ledger.auditLog.list({
      ...filter,
      since: since === undefined ? undefined : parseSince(since, now()),
      beforeId: before,
    }),
  }),
  render: ({ entries }, { tenant, actor, action, since, limit: most }) => {
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
          { title: "At", value: ({ at }) => at.replace("T", " ").replace(/\.\d+Z$/, " UTC") },
          { title: "By", value: (entry) => entry.actor },
          { title: "From", value: ({ origin }) => origin },
          { title: "Tenant", value: (entry) => entry.tenant || null },
          { title: "Did", value: (entry) => entry.action },
          { title: "What", value: ({ detail }) => html`<code>${JSON.stringify(detail)}</code>` },
        ],
        "Nothing was done that is audited.",
      )}
      <p class="pages">
        ${last === undefined || entries.length < most ? null : html`<a href="${link("/audit", { tenant, actor, action, since, limit: most, before: last.id })}">Older</a>`}
      </p>`;
  },
  command: ({ tenant, actor, action, since, before, limit: most }) =>
    `npx inlet audit list${toArguments({ tenant, actor, action, since, before, limit: most })}`,
});
