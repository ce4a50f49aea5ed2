import { html } from "@inlet/html";
import type { AuditFault, AuditHead } from "@inlet/ledger";
import { z } from "zod";
import { table } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";

const PROBLEMS: Readonly<Record<AuditFault["problem"], string>> = {
  missing: "is missing",
  changed: "was changed: its hash is another",
  head_differs: "is not the one that was noted down",
};

/** Whether what stands in the audit was changed. */
export const auditVerify = defineScreen({
  name: "auditVerify",
  path: "/audit/verify",
  title: "Verify the audit",
  summary: "Reads every chain of the audit from its first entry and computes its hashes anew.",
  menu: false,
  role: "administer",
  query: z.object({}),
  tenant: () => null,
  // Asked by many at once, it is read once.
  read: async ({ ledger, readings }) => readings.get("audit verify", async () => ledger.auditLog.verify()),
  render: ({ entries, heads, faults }) =>
    html`<h1>Verify the audit</h1>
      ${
        faults.length === 0
          ? html`<p class="card">
              <b class="good">Whole</b>: ${entries} entries in ${heads.length} chains, none changed, none missing.
            </p>`
          : table<AuditFault>(
              faults,
              [
                { title: "Tenant", value: ({ tenant }) => tenant || "no tenant" },
                { title: "Entry", value: ({ seq }) => seq, numeric: true },
                { title: "", value: ({ problem }) => html`<b class="bad">${PROBLEMS[problem]}</b>` },
              ],
              "",
            )
      }
      <h2>Heads</h2>
      <p>
        Note them down out of reach of this machine: a chain that was written anew as a whole shows by them alone (<code
          >npx inlet audit verify --head</code
        >).
      </p>
      ${table<AuditHead>(
        heads,
        [
          { title: "Tenant", value: ({ tenant }) => tenant || "no tenant" },
          { title: "Entries", value: ({ seq }) => seq, numeric: true },
          { title: "Hash", value: ({ hash }) => html`<code class="long">${hash}</code>` },
        ],
        "Nothing was done that is audited.",
      )}`,
  command: () => "npx inlet audit verify",
});
