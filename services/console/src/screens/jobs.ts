import { html, type Html } from "@inlet/html";
import { JOB_KINDS, type Job } from "@inlet/ledger";
import { flag } from "@inlet/operations";
import { z } from "zod";
import { formatCount, link, stateWord, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { limit, optional, tenantId, toArguments } from "./fields.ts";

const JOB_STATES = ["waiting", "running", "paused", "cancelled", "done", "failed"] as const;

/** Replays and what else works through many emails. */
export const jobs = defineScreen({
  name: "jobs",
  path: "/jobs",
  title: "Jobs",
  summary: "Replays, dry runs and other work on many emails, newest first, with their progress.",
  menu: true,
  role: null,
  query: z.object({
    tenant: optional(tenantId),
    state: optional(z.enum(JOB_STATES)),
    kind: optional(z.enum(JOB_KINDS)),
    open: flag,
    limit,
  }),
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger }, filter) => ({ jobs: await ledger.jobs.list(filter) }),
  render: ({ jobs: rows }, { tenant, state, kind }) =>
    html`<h1>Jobs</h1>
      <p><a href="${link("/replays/new", { tenant })}">Replay emails</a></p>
      <form class="filter">
        <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
        <label>State ${choose("state", JOB_STATES, state)}</label>
        <label>Kind ${choose("kind", JOB_KINDS, kind)}</label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      ${table<Job>(
        rows,
        [
          { title: "Asked", value: ({ askedAt }) => time(askedAt) },
          { title: "Job", value: ({ id, name }) => html`<a href="/jobs/${id}">${name}</a>` },
          { title: "Kind", value: (row) => row.kind.replaceAll("_", " ") },
          { title: "By", value: ({ actor }) => actor },
          { title: "State", value: (row) => stateWord(row.state) },
          { title: "Progress", value: showProgress },
        ],
        "No job was asked for.",
      )}`,
  command: ({ kind, open, limit: most }) =>
    `npx inlet jobs list${toArguments({ kind, limit: most })}${open ? " --open" : ""}`,
});

function choose(name: string, values: readonly string[], chosen: string | undefined): Html {
  return html`<select name="${name}">
    <option value="">any</option>
    ${values.map((value) =>
      value === chosen
        ? html`<option value="${value}" selected>${value.replaceAll("_", " ")}</option>`
        : html`<option value="${value}">${value.replaceAll("_", " ")}</option>`,
    )}
  </select>`;
}

export function showProgress({ done, total, state }: Job): Html {
  const bar =
    total !== null && total > 0 && state !== "done"
      ? html`<progress max="${total}" value="${done}" aria-label="progress"></progress> `
      : null;
  return html`${bar}${formatCount(done)}${total === null ? null : html` of ${formatCount(total)}`}`;
}
