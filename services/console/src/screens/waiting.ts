import { html } from "@inlet/html";
import { whyItWaits, type ListedWaiting } from "@inlet/ledger";
import { z } from "zod";
import { duration, emailPath, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { limit, optional, tenantId, toArguments } from "./fields.ts";

/** What waits, why, and until when. */
export const waiting = defineScreen({
  name: "waiting",
  path: "/waiting",
  title: "Waiting",
  summary: "Emails that wait, the longest first: why, and until when.",
  menu: true,
  role: null,
  query: z.object({ tenant: optional(tenantId), reason: optional(z.string().max(80)), limit }),
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger }, { limit: most, ...filter }) => ({
    emails: (await ledger.waiting.list(filter, most)).map((row) => ({ ...row, why: whyItWaits(row) })),
  }),
  render: ({ emails }, { tenant, reason }) =>
    html`<h1>Waiting</h1>
      <form class="filter">
        <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
        <label>Code <input name="reason" value="${reason ?? ""}" placeholder="quota, hubspot:5xx" /></label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      ${table<ListedWaiting & { readonly why: string }>(
        emails,
        [
          { title: "Since", value: ({ since }) => time(since) },
          { title: "For", value: ({ oldestMs }) => duration(oldestMs), numeric: true },
          { title: "Event", value: (row) => html`<a href="${emailPath(row.tenant, row.eventId)}">${row.eventId}</a>` },
          { title: "Tenant", value: (row) => row.tenant },
          { title: "Why, and until when", value: ({ why }) => why },
        ],
        "Nothing waits.",
      )}`,
  command: ({ tenant, reason, limit: most }) => `npx inlet waiting list${toArguments({ tenant, reason, limit: most })}`,
});
