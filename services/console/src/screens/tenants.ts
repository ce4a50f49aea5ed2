import { html, type Html } from "@inlet/html";
import type { TenantView } from "@inlet/ledger";
import { z } from "zod";
import { isAllowed } from "@inlet/domain";
import { action, duration, link, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";

/** How each tenant's mail stands with its CRM. */
export const tenants = defineScreen({
  name: "tenants",
  path: "/tenants",
  title: "Tenants",
  summary:
    "Each tenant's CRM: circuit, calls left, what waits and about how long that takes, whether its mail is held back.",
  menu: true,
  role: null,
  query: z.object({}),
  tenant: () => null,
  read: async ({ ledger }) => ({
    tenants: (await ledger.inspect.tenants()).map((view) => ({ ...view, throughInMs: estimate(view) })),
  }),
  render: ({ tenants: rows }, _, viewer) =>
    html`<h1>Tenants</h1>
      ${table<TenantView & { readonly throughInMs: number | null }>(
        rows,
        [
          { title: "Tenant", value: ({ tenant }) => html`<a href="${link("/emails", { tenant })}">${tenant}</a>` },
          { title: "CRM", value: circuit },
          {
            title: "Calls left",
            value: ({ tokens, burst }) =>
              tokens === null || burst === null ? null : `${Math.max(0, Math.floor(tokens))} of ${burst}`,
          },
          { title: "Calls a second", value: ({ perSecond }) => perSecond, numeric: true },
          {
            title: "Waiting",
            value: ({ tenant, waiting }) => html`<a href="${link("/waiting", { tenant })}">${waiting}</a>`,
            numeric: true,
          },
          {
            title: "Through in about",
            value: ({ throughInMs }) => (throughInMs === null ? null : duration(throughInMs)),
          },
          {
            title: "Held back",
            value: (row) =>
              html`${held(row)}${isAllowed(viewer.grants, "process", row.tenant) ? holdButton(row) : null}`,
          },
        ],
        "No tenant has had mail for its CRM yet.",
      )}`,
  command: () => "npx inlet buffer list",
});

/** A new thread costs about so many calls: contact, deal, activity, and what binds them. */
const CALLS_AN_EMAIL = 4;

/** Until what waits is written, ms, at the bucket's rate; null where it cannot be said: nothing waits, it is held back, or its CRM is away. */
function estimate({ waiting, perSecond, tokens, heldSince, circuit: state }: TenantView): number | null {
  if (waiting === 0 || perSecond === null || perSecond === 0 || heldSince !== null || state === "open") return null;
  return (Math.max(0, waiting * CALLS_AN_EMAIL - Math.max(0, tokens ?? 0)) / perSecond) * 1000;
}

function circuit({ circuit: state, circuitCode, circuitSince, probeInMs }: TenantView): Html {
  if (state === "closed") return html`<span class="good">answers</span>`;
  return html`<span class="bad">away</span> since ${time(circuitSince)} (${circuitCode ?? "unknown"}), next ping in
    ${duration(Math.max(0, probeInMs ?? 0))}`;
}

function held({ heldSince, heldWhy, heldBy }: TenantView): Html {
  if (heldSince === null) return html`no`;
  return html`<span class="wait">since ${time(heldSince)}</span> by
    ${heldBy}${heldWhy === null ? null : html`: ${heldWhy}`}`;
}

function holdButton({ tenant, heldSince }: TenantView): Html {
  return heldSince === null
    ? action(`/tenants/${tenant}/hold`, "Hold back")
    : action(`/tenants/${tenant}/let-go`, "Let go");
}
