import { html, type Html } from "@inlet/html";
import { estimateThroughMs, type TenantView } from "@inlet/ledger";
import { z } from "zod";
import { isAllowed } from "@inlet/domain";
import { action, duration, formatBytes, formatCount, link, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { optional, tenantId } from "./fields.ts";

interface TenantRow extends TenantView {
  readonly mailboxes: readonly string[] | null;
  readonly lane: string | null;
  /** Until what waits is written, ms; null where it cannot be said. */
  readonly throughInMs: number | null;
  /** Epoch ms. */
  readonly throughAt: number | null;
}

/** How each tenant's mail stands with its CRM. */
export const tenants = defineScreen({
  name: "tenants",
  path: "/tenants",
  title: "Tenants",
  summary:
    "Each tenant's mailboxes and CRM: circuit, calls left, what waits and by when it is through, whether its mail is held back.",
  menu: true,
  role: null,
  query: z.object({ tenant: optional(tenantId) }),
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, surroundings, now }, { tenant }): Promise<{ tenants: readonly TenantRow[] }> => {
    const at = now();
    const files = new Map(surroundings.listTenants().map((each) => [each.id, each]));
    const views = await ledger.inspect.tenants(tenant ?? null);
    return {
      tenants: views.map((view) => {
        const throughInMs = estimateThroughMs(view);
        const file = files.get(view.tenant);
        return {
          ...view,
          mailboxes: file?.mailboxes ?? null,
          lane: file?.lane ?? null,
          throughInMs,
          throughAt: throughInMs === null ? null : at + throughInMs,
        };
      }),
    };
  },
  render: ({ tenants: rows }, _, viewer) =>
    html`<h1>Tenants</h1>
      ${table<TenantRow>(
        rows,
        [
          { title: "Tenant", value: describeTenant },
          { title: "CRM", value: describeCircuit },
          { title: "Calls left", value: describeCalls },
          { title: "Waiting", value: describeWaiting },
          { title: "Through by", value: describeThrough },
          {
            title: "Held back",
            value: (row) =>
              html`${describeHold(row)}${isAllowed(viewer.grants, "process", row.tenant) ? holdButton(row) : null}`,
          },
        ],
        "No tenant has had mail for its CRM yet.",
      )}`,
  command: () => "npx inlet buffer list",
});

function describeTenant({ tenant, mailboxes, lane }: TenantRow): Html {
  const boxes = mailboxes === null ? "no file of it" : mailboxes.length === 0 ? "any address" : mailboxes.join(", ");
  const where = lane === null || lane === "shared" ? null : html`, lane ${lane}`;
  return html`<a href="${link("/emails", { tenant })}">${tenant}</a><br /><span class="soft">${boxes}${where}</span>`;
}

function describeCircuit({ crm, circuit, circuitCode, circuitSince, probeInMs }: TenantView): Html {
  const kind = crm === null ? null : html`${crm} `;
  if (circuit === "closed") return html`${kind}<span class="good">answers</span>`;
  return html`${kind}<span class="bad">away</span> since ${time(circuitSince)} (${circuitCode ?? "unknown"}), next ping
    in ${duration(Math.max(0, probeInMs ?? 0))}`;
}

function describeCalls({ tokens, perSecond, burst, units }: TenantView): Html | null {
  if (tokens === null || perSecond === null || burst === null) return null;
  const others = units.map(
    ({ unit, left, most }) => html`<br />${formatCount(left)} of ${formatCount(most)} ${unit.replaceAll("_", " ")}`,
  );
  return html`${formatCount(Math.max(0, Math.floor(tokens)))} of ${formatCount(burst)}, ${formatCount(perSecond)} a
  second${others}`;
}

function describeWaiting({ tenant, waiting, parked, parkedBytes, oldestMs }: TenantView): Html {
  const all = html`<a href="${link("/waiting", { tenant })}">${formatCount(waiting)}</a>`;
  if (waiting === 0) return all;
  return html`${all}${parked === 0 ? null : html`, ${formatCount(parked)} of them parked`}<br />
    <span class="soft">the oldest for ${duration(oldestMs)}, ${formatBytes(parkedBytes)} kept</span>`;
}

/** When, or why that cannot be said. */
function describeThrough(view: TenantRow): Html | string | null {
  const { waiting, throughInMs, throughAt, heldSince, circuit, perSecond } = view;
  if (waiting === 0) return null;
  if (throughInMs !== null)
    return html`${time(throughAt)}<br /><span class="soft">in about ${duration(throughInMs)}</span>`;
  if (heldSince !== null) return "not while it is held back";
  if (circuit === "open") return "not while its CRM is away";
  return perSecond === null ? "not known: it has not called its CRM yet" : "never: more comes than its rate allows";
}

function describeHold({ heldSince, heldWhy, heldBy }: TenantView): Html {
  if (heldSince === null) return html`no`;
  return html`<span class="wait">since ${time(heldSince)}</span> by
    ${heldBy}${heldWhy === null ? null : html`: ${heldWhy}`}`;
}

function holdButton({ tenant, heldSince }: TenantView): Html {
  return heldSince === null
    ? action(`/tenants/${tenant}/hold`, "Hold back")
    : action(`/tenants/${tenant}/let-go`, "Let go");
}
