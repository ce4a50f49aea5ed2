import { html, type Html } from "@inlet/html";
import { JOB_KINDS, type Job } from "@inlet/ledger";
import { flag, jobId, optional } from "@inlet/operations";
import { z } from "zod";
import { isAllowed } from "@inlet/domain";
import { action, facts, stateWord, table, time } from "../page/parts.ts";
import { notFound } from "../problem.ts";
import { defineScreen, type Viewer } from "../screen.ts";
import { limit, toArguments } from "./fields.ts";

/** Replays and what else works through many emails. */
export const jobs = defineScreen({
  name: "jobs",
  path: "/jobs",
  title: "Jobs",
  summary: "Replays and other work on many emails, newest first, with their progress.",
  menu: true,
  role: null,
  query: z.object({ kind: optional(z.enum(JOB_KINDS)), open: flag, limit }),
  tenant: () => null,
  read: async ({ ledger }, { kind = null, open, limit: most }) => ({
    jobs: await ledger.jobs.list({ kind, open, limit: most }),
  }),
  render: ({ jobs: rows }) =>
    html`<h1>Jobs</h1>
      ${table<Job>(
        rows,
        [
          { title: "Asked", value: ({ askedAt }) => time(askedAt) },
          { title: "Job", value: ({ id, name }) => html`<a href="/jobs/${id}">${name}</a>` },
          { title: "Kind", value: ({ kind }) => kind.replaceAll("_", " ") },
          { title: "By", value: ({ actor }) => actor },
          { title: "State", value: ({ state }) => stateWord(state) },
          { title: "Progress", value: progress },
        ],
        "No job was asked for.",
      )}`,
  command: ({ kind, open, limit: most }) =>
    `npx inlet jobs list${toArguments({ kind, limit: most })}${open ? " --open" : ""}`,
});

/** One of them. */
export const job = defineScreen({
  name: "job",
  path: "/jobs/:id",
  title: "Job",
  summary: "One job: who asked for it and why, its filter, its progress and results.",
  menu: false,
  role: null,
  query: z.object({ id: jobId }),
  tenant: () => null,
  read: async ({ ledger }, { id }) => {
    const found = await ledger.jobs.get(id);
    if (found === null) throw notFound(`job ${id}`);
    return { job: found };
  },
  render: ({ job: found }, _, viewer) =>
    html`<h1>${found.name}</h1>
      <p class="card">
        ${stateWord(found.state)} ${progress(found)}${found.detail === null ? null : html`<br />${found.detail}`}
      </p>
      ${buttons(found, viewer)}
      <h2>What came of it</h2>
      ${facts(Object.entries(found.results).map(([result, count]) => [result.replaceAll("_", " "), count] as const))}
      <h2>What it is</h2>
      ${facts([
        ["Id", found.id],
        ["Kind", found.kind.replaceAll("_", " ")],
        ["Asked by", found.actor],
        ["Why", found.why],
        ["Service, lane", `${found.service}, ${found.lane}`],
        ["Filter", JSON.stringify(found.filter)],
        ["Asked", time(found.askedAt)],
        ["Begun", time(found.startedAt)],
        ["Ended", time(found.endedAt)],
        ["At it", found.holder],
      ])}`,
  command: ({ id }) => `npx inlet jobs show ${id}`,
});

function progress({ done, total, state }: Job): Html {
  const bar =
    total !== null && total > 0 && state !== "done"
      ? html`<progress max="${total}" value="${done}"></progress> `
      : null;
  return html`${bar}${done}${total === null ? null : html` of ${total}`}`;
}

/** Only what its state allows, to whom it is allowed. */
function buttons({ id, state, wanted }: Job, viewer: Viewer): Html | null {
  if (!isAllowed(viewer.grants, "replay", null)) return null;
  const offered = {
    pause: (state === "waiting" || state === "running") && wanted === null,
    resume: state === "paused" || wanted === "pause",
    cancel: (state === "waiting" || state === "running" || state === "paused") && wanted !== "cancel",
  };
  const forms = Object.entries(offered).flatMap(([order, on]) =>
    on ? [action(`/jobs/${id}/${order}`, ORDER_LABELS[order] ?? order)] : [],
  );
  const asked = wanted === null ? null : html`<p class="wait">Asked to ${wanted}: it ends what is under way first.</p>`;
  return html`${asked}
    <div class="acts">${forms}</div>`;
}

const ORDER_LABELS: Readonly<Record<string, string>> = { pause: "Pause", resume: "Resume", cancel: "Cancel" };
