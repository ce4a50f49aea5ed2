import { html, type Html } from "@inlet/html";
import { MOST_JOB_EMAILS, type Job, type JobChange, type ListedJobEmail } from "@inlet/ledger";
import { jobId } from "@inlet/operations";
import { z } from "zod";
import { isAllowed } from "@inlet/domain";
import { action, emailPath, facts, formatCount, link, stateWord, table, time } from "../page/parts.ts";
import { notAllowed, notFound } from "../problem.ts";
import { defineScreen, type Viewer } from "../screen.ts";
import { limit, optional } from "./fields.ts";
import { showProgress } from "./jobs.ts";

/** Within it some instance takes a job that waits, ms. */
const SOON_MS = 15_000;

const place = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}\/evt_\w{1,64}$/, "is no place in the list")
  .transform((text) => ({ tenant: text.slice(0, text.indexOf("/")), eventId: text.slice(text.indexOf("/") + 1) }));

interface JobData {
  readonly job: Job;
  /** Why it waits longer than it should; null: it does not. */
  readonly stands: string | null;
  readonly emails: readonly ListedJobEmail[];
  readonly next: string | null;
}

/** One of them. */
export const job = defineScreen({
  name: "job",
  path: "/jobs/:id",
  title: "Job",
  summary: "One job: who asked for it and why, its filter, its progress, results, and emails by what became of them.",
  menu: false,
  role: null,
  query: z.object({ id: jobId, outcome: optional(z.string().max(40)), after: optional(place), limit }),
  // Whose it is stands in the job.
  tenant: () => "",
  read: async ({ ledger, now }, { id, outcome, after, limit: most }, viewer): Promise<JobData> => {
    const found = await ledger.jobs.get(id);
    if (found === null) throw notFound(`job ${id}`);
    const tenant = toTenant(found);
    if (!isAllowed(viewer.grants, null, tenant)) throw notAllowed(`a role for ${tenant ?? "every tenant"}`);
    const emails = await ledger.jobs.emails(id, { result: outcome, after, limit: most });
    const last = emails.at(-1);
    return {
      job: found,
      stands: describeStanding(found, now()),
      emails: emails.map((email) => ({
        ...email,
        changes: isAllowed(viewer.grants, "view", email.tenant) ? email.changes : email.changes.map(hideValues),
      })),
      next: last === undefined || emails.length < most ? null : `${last.tenant}/${last.eventId}`,
    };
  },
  render: ({ job: found, stands, emails, next }, { id, outcome }, viewer) =>
    html`<h1>${found.name}</h1>
      <p class="card">
        ${stateWord(found.state)} ${showProgress(found)}${found.detail === null ? null : html`<br />${found.detail}`}
        ${stands === null ? null : html`<br /><span class="wait">${stands}</span>`}
      </p>
      ${buttons(found, viewer)}
      <h2>What came of it</h2>
      ${showTabs(found, outcome)} ${showEmails(found, emails)}
      <p class="pages">
        ${next === null ? null : html`<a href="${link(`/jobs/${id}`, { outcome, after: next })}" rel="next">More</a>`}
      </p>
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

function toTenant({ filter }: Job): string | null {
  const { tenant } = filter;
  return typeof tenant === "string" ? tenant : null;
}

function describeStanding({ state, service, lane, askedAt, startedAt }: Job, now: number): string | null {
  if (state !== "waiting" || now - askedAt < SOON_MS) return null;
  return startedAt === null
    ? `No ${service} of the lane ${lane} has taken it: it waits until one runs.`
    : `Its holder has stopped: it goes on when a ${service} of the lane ${lane} runs.`;
}

/** Fields are named to all; what stands in them is content. */
function hideValues(change: JobChange): JobChange {
  return { ...change, from: null, to: null };
}

/** Outcomes of a dry run in words; a job that acts says what it did by its result. */
const WOULD: Readonly<Record<string, string>> = {
  changed: "would write",
  unchanged: "would skip (same)",
  kept: "would keep (changed by a person)",
  suppressed: "would be suppressed",
  dead_lettered: "would be dead-lettered",
  waiting: "would wait",
  skipped: "would be passed over",
  parsed_anew: "is parsed anew first",
  to_be_settled: "has to be settled by hand first",
  gone: "is gone from Kafka",
};

function toOutcome({ kind }: Pick<Job, "kind">, result: string): string {
  return (kind === "dry_run" ? WOULD[result] : undefined) ?? result.replaceAll("_", " ");
}

function showTabs(found: Job, outcome: string | undefined): Html {
  const tab = (result: string | undefined, label: string): Html =>
    result === outcome
      ? html`<b aria-current="true">${label}</b>`
      : html`<a href="${link(`/jobs/${found.id}`, { outcome: result })}">${label}</a>`;
  const tabs = Object.entries(found.results).map(([result, count]) =>
    tab(result, `${toOutcome(found, result)} ${formatCount(count)}`),
  );
  return tabs.length === 0
    ? html`<p class="card soft">Nothing yet.</p>`
    : html`<p class="pages">${tab(undefined, "All")} ${tabs}</p>`;
}

function showEmails(found: Job, emails: readonly ListedJobEmail[]): Html {
  return html`${table<ListedJobEmail>(
    emails,
    [
      { title: "Event", value: (row) => html`<a href="${emailPath(row.tenant, row.eventId)}">${row.eventId}</a>` },
      { title: "Tenant", value: ({ tenant }) => tenant },
      {
        title: found.kind === "dry_run" ? "It" : "Became",
        value: ({ result, reason, detail }) =>
          [toOutcome(found, result), ...[reason, detail].filter((each) => each !== null)].join(": "),
      },
      { title: "Now", value: ({ state }) => (state === null ? null : stateWord(state)) },
      ...(found.kind === "dry_run"
        ? [{ title: "Fields", value: ({ changes }: ListedJobEmail) => changes.map(showChange) as unknown as Html }]
        : []),
    ],
    "None is listed: what was unchanged is counted alone.",
  )}
  ${found.done > MOST_JOB_EMAILS ? html`<p class="soft">Of a job ${formatCount(MOST_JOB_EMAILS)} emails are listed at most.</p>` : null}`;
}

function showChange({ record, field, from, to, result }: JobChange): Html {
  const name = field === null ? record : `${record}.${field}`;
  const values = from === null && to === null ? null : html`: ${from ?? "(not said)"} → ${to ?? "(not said)"}`;
  const words: Readonly<Record<string, string>> = {
    new: "new",
    write: "would write",
    keep: "would keep: a person changed it",
    not_fired: "would not fire: once an email",
  };
  return html`<div>${name} <span class="soft">(${words[result] ?? result})</span>${values}</div>`;
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
