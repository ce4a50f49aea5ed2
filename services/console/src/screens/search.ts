import { html } from "@inlet/html";
import type { DeliveryView } from "@inlet/ledger";
import { describeSearch, searchEmails } from "@inlet/operations";
import { z } from "zod";
import { listGrantedTenants } from "@inlet/domain";
import { emailPath, stateWord, table, time } from "../page/parts.ts";
import { defineScreen, type ConsoleDeps, type Viewer } from "../screen.ts";
import { optional, quote } from "./fields.ts";

/** One box for whatever somebody has of an email. */
export const search = defineScreen({
  name: "search",
  path: "/search",
  title: "Search",
  summary:
    "Emails by any id: ours (event, email, conversation), the sender's (event, delivery, Message-ID), a CRM record's id or address, a trace's, a place in Kafka; with the role view also by address and by words of the subject.",
  menu: false,
  role: null,
  query: z.object({ q: optional(z.string().trim().max(1000)) }),
  // What is found is shown as far as its tenant is granted.
  tenant: () => "",
  read: async (deps, { q }, viewer) => (q === undefined ? { found: [], searched: null } : find(deps, q, viewer)),
  // One email by its id: nothing to choose from.
  jump: ({ found: [first, ...others], searched }) =>
    first !== undefined && others.length === 0 && searched?.words === null
      ? emailPath(first.tenant, first.eventId)
      : null,
  render: ({ found, searched }, { q }) =>
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
          ? "Type an id, an address or words of a subject above."
          : `Nothing is known by “${q}” of the tenants that you see.`,
      )}
      ${searched === null ? null : html`<p class="soft">${searched.said}</p>`}`,
  command: ({ q }) => (q === undefined ? null : `npx inlet show ${quote(q)}`),
});

async function find({ ledger, searchKey }: ConsoleDeps, q: string, viewer: Viewer) {
  const { grants, actor, ip } = viewer;
  const result = await searchEmails({ search: ledger.search, searchKey }, q, {
    tenants: listGrantedTenants(grants),
    contentTenants: listGrantedTenants(grants.filter(({ role }) => role === "view")),
  });
  const { found, looksLike, words } = result;
  // It tells who wrote, or what: before anything is shown it stands in the audit, without what was searched for.
  if (words?.state === "searched")
    await ledger.auditLog.append({
      actor,
      action: `search by ${words.kind}`,
      origin: ip,
      detail: { found: found.length, tenants: [...new Set(found.map(({ tenant }) => tenant))] },
    });
  return { found, searched: { looksLike, words, said: describeSearch(result) } };
}
