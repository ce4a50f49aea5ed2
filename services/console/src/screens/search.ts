import { html } from "@inlet/html";
import type { DeliveryView } from "@inlet/ledger";
import { z } from "zod";
import { isAllowed } from "@inlet/domain";
import { emailPath, stateWord, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { optional, quote } from "./fields.ts";

/** One box for any id. */
export const search = defineScreen({
  name: "search",
  path: "/search",
  title: "Search",
  summary:
    "Emails by any id: ours (event, email, conversation), the sender's (event, delivery, Message-ID), or a CRM record's.",
  menu: false,
  role: null,
  query: z.object({ q: optional(z.string().trim().max(1000)) }),
  // What is found is shown as far as its tenant is granted.
  tenant: () => "",
  read: async ({ ledger }, { q }, viewer) => ({
    found:
      q === undefined
        ? []
        : (await ledger.inspect.find(q)).filter(({ tenant }) => isAllowed(viewer.grants, null, tenant)),
  }),
  render: ({ found }, { q }) =>
    html`<h1>Search</h1>
      ${table<DeliveryView>(
        found,
        [
          { title: "Received", value: ({ receivedAt }) => time(receivedAt) },
          { title: "Event", value: (row) => html`<a href="${emailPath(row.tenant, row.eventId)}">${row.eventId}</a>` },
          { title: "Tenant", value: ({ tenant }) => tenant },
          {
            title: "State",
            value: (row) => html`${stateWord(row.state)}${row.reason === null ? null : html` ${row.reason}`}`,
          },
        ],
        q === undefined
          ? "Type an id above."
          : `Nothing is known by “${q}”. Looked at: our ids, the sender's ids, Message-IDs, ids of CRM records, since the ledger's first row.`,
      )}`,
  command: ({ q }) => (q === undefined ? null : `npx inlet show ${quote(q)}`),
});
