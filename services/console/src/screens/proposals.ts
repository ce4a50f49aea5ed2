import { isAllowed, type Role } from "@inlet/domain";
import { html, type Html } from "@inlet/html";
import type { Proposal } from "@inlet/ledger";
import { flag, OPERATIONS } from "@inlet/operations";
import { z } from "zod";
import { action, formatCount, stateWord, table, time } from "../page/parts.ts";
import { defineScreen, type Viewer } from "../screen.ts";
import { limit, optional, tenantId, toArguments } from "./fields.ts";

/** What one person asked for, and a second one is to approve. */
export const proposals = defineScreen({
  name: "proposals",
  path: "/proposals",
  title: "Proposals",
  summary: "What waits until a second person approves it (FOUR_EYES), and what came of it; the newest first.",
  menu: true,
  role: null,
  query: z.object({ tenant: optional(tenantId), open: flag, limit }),
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger }, { tenant, open, limit: most }) => ({
    proposals: await ledger.proposals.list({ tenant, open, limit: most }),
  }),
  render: ({ proposals: rows }, _, viewer) =>
    html`<h1>Proposals</h1>
      ${table<Proposal>(
        rows,
        [
          { title: "Proposed", value: ({ proposedAt, proposer }) => html`${time(proposedAt)} by ${proposer}` },
          { title: "What", value: ({ operation, input }) => html`${operation} <code>${JSON.stringify(input)}</code>` },
          { title: "Tenant", value: ({ tenant }) => tenant ?? "all tenants" },
          { title: "Emails", value: ({ emails }) => (emails === null ? null : formatCount(emails)), numeric: true },
          { title: "State", value: describeState },
          { title: "", value: (row) => offerDecision(row, viewer) },
        ],
        "Nothing was proposed.",
      )}`,
  command: ({ tenant, open, limit: most }) =>
    `npx inlet proposals list${toArguments({ tenant, limit: most })}${open ? " --open" : ""}`,
});

function describeState({ state, decidedBy, decidedAt, expiresAt, why, problem }: Proposal): Html {
  if (state === "proposed") return html`${stateWord(state)} until ${time(expiresAt)}`;
  const by = decidedBy === null ? null : html` by ${decidedBy}, ${time(decidedAt)}`;
  return html`${stateWord(state)}${by}${why === null ? null : html`: ${why}`}${problem === null ? null : html`<br />${problem}`}`;
}

/** Who proposed it may take it back, and not approve it. */
function offerDecision({ id, operation, tenant, proposer, state }: Proposal, viewer: Viewer): Html | null {
  const role: Role | null | undefined = OPERATIONS.find(({ name }) => name === operation)?.role;
  if (state !== "proposed" || role === undefined || !isAllowed(viewer.grants, role, tenant)) return null;
  const own = proposer === viewer.actor;
  return html`${own ? "Another person approves it." : action(`/proposals/${id}/approve`, "Approve")}
  ${action(`/proposals/${id}/reject`, own ? "Take back" : "Reject")}`;
}
