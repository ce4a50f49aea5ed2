import { html, type Html } from "@inlet/html";
import {
  toTimeline,
  waitReason,
  whyItWaits,
  type DeliveryView,
  type TimelineStep,
  type WaitingView,
} from "@inlet/ledger";
import { TOPICS } from "@inlet/schemas";
import { z } from "zod";
import { action, duration, emailPath, facts, link, stateWord, table, time } from "../page/parts.ts";
import { contentPath } from "../content/paths.ts";
import { notFound } from "../problem.ts";
import { toEffectId } from "../record-links.ts";
import { defineScreen, type ConsoleDeps, type Viewer } from "../screen.ts";
import { isAllowed } from "@inlet/domain";
import { eventId, tenantId } from "./fields.ts";
import { describeNext } from "../page/describe-next.ts";
import { judge, judgeGone, type Verdict } from "./next-step.ts";

interface EmailData {
  readonly email: DeliveryView;
  readonly waits: (WaitingView & { readonly why: string }) | null;
  readonly verdict: Verdict;
  readonly timeline: readonly TimelineStep[];
  /** Pages of its records in the CRM, by effect and key. */
  readonly records: Readonly<Record<string, string>>;
}

/** Where an email is, why, and what to do next. */
export const email = defineScreen({
  name: "email",
  path: "/emails/:tenant/:eventId",
  title: "Email",
  summary: "An email's whole way: state, verdict, timeline, CRM records, evidence of each match. No content.",
  menu: false,
  role: null,
  query: z.object({ tenant: tenantId, eventId, show: z.enum(["all", "failed"]).default("all") }),
  tenant: ({ tenant }) => tenant,
  read: async ({ ledger, recordLinks, now }, { tenant, eventId: id, show }): Promise<EmailData> => {
    const [delivery, journey, waiting] = await Promise.all([
      ledger.inspect.delivery(tenant, id),
      ledger.inspect.journey(tenant, id),
      ledger.waiting.view(tenant, id),
    ]);
    if (delivery === null) throw notFound(`email ${id} of ${tenant}`);
    const waits = delivery.state === "waiting" && waiting !== null ? { ...waiting, why: whyItWaits(waiting) } : null;
    return {
      email: delivery,
      waits,
      verdict: judgeEmail(delivery, waits, now()),
      timeline: toTimeline(delivery, journey).filter(({ failed }) => show === "all" || failed),
      records: Object.fromEntries(await recordLinks.find(tenant, delivery.effects)),
    };
  },
  render: ({ email: found, verdict, timeline, records }, { tenant, eventId: id, show }, viewer, deps) =>
    html`<h1>${id}</h1>
      <p class="card">
        ${stateWord(found.state)}${found.reason === null ? null : html` (${found.reason}${found.detail === null ? null : html`: ${found.detail}`})`}.
        ${verdict.what} ${describeNext(verdict)}
      </p>
      <div class="acts">${offerButton(found, verdict, viewer)}</div>
      ${isAllowed(viewer.grants, "view", tenant) ? masked(tenant, id) : null}
      <h2>Its way</h2>
      <p>${show === "all" ? html`<a href="?show=failed">Only what failed</a>` : html`<a href="?">All of it</a>`}</p>
      ${timeline.length === 0 ? html`<p class="card soft">Nothing failed.</p>` : renderTimeline(timeline, found.receivedAt)}
      <h2>In the CRM</h2>
      ${table(
        found.effects,
        [
          { title: "Effect", value: ({ effect }) => effect },
          {
            title: "Record",
            value: (effect) => {
              const url = records[toEffectId(effect)];
              return url === undefined
                ? effect.recordId
                : html`<a href="${url}" rel="noreferrer">${effect.recordId}</a>`;
            },
          },
          {
            title: "How",
            value: ({ created }) => (created === true ? "created" : created === false ? "was there" : "written"),
          },
        ],
        "Nothing was written.",
      )}
      ${evidence(found)}
      <h2>Ids</h2>
      ${facts(identifiers(found, deps))}`,
  command: ({ eventId: id }) => `npx inlet show ${id}`,
});

function judgeEmail(
  { state, reason, endedAt }: DeliveryView,
  waits: (WaitingView & { readonly why: string }) | null,
  now: number,
): Verdict {
  const verdict = judge(state, reason, waits === null ? null : { why: waits.why, reason: waitReason(waits) });
  const gone = state === "dead_lettered" && endedAt !== null && endedAt < now - TOPICS.dlq.retentionMs;
  return gone ? judgeGone(verdict) : verdict;
}

/** The one that helps, to whom it is allowed. A suppressed email goes again by a replay of its records. */
function offerButton({ tenant, eventId: id, state }: DeliveryView, { button }: Verdict, viewer: Viewer): Html | null {
  if (button === "retry" && isAllowed(viewer.grants, "process", tenant))
    return action(`${emailPath(tenant, id)}/retry`, "Retry now");
  if (button !== "replay" || !isAllowed(viewer.grants, "replay", tenant)) return null;
  return state === "dead_lettered"
    ? action("/dead-letters/replay", "Send it again", { tenant, eventIds: id })
    : html`<a href="${link("/replays/new", { tenant, eventIds: id })}">Replay it</a>`;
}

function renderTimeline(timeline: readonly TimelineStep[], receivedAt: number): Html {
  return html`<ol class="steps card">
    ${timeline.map(
      ({ at, what, failed }) =>
        html`<li>
          ${time(at)} <span class="soft">+${duration(at - receivedAt)}</span>
          ${failed ? html`<span class="wait">${what}</span>` : what}
        </li>`,
    )}
  </ol>`;
}

/** Those who may see the content go on to where a look is audited. */
function masked(tenant: string, id: string): Html {
  return html`<h2>What it says</h2>
    ${facts([
      ["From", "••••••"],
      ["Subject", "••••••"],
      ["Content", html`<a href="${contentPath({ tenant, eventId: id })}">Show the email</a> (it stands in the audit)`],
    ])}`;
}

function evidence({ evidence: found }: DeliveryView): Html | null {
  const entries = Object.entries(found);
  if (entries.length === 0) return null;
  return html`<h2>Why there</h2>
    ${facts(entries.map(([what, why]) => [what, toWords(why)] as const))}`;
}

/** Evidence is a text, or names with values. */
function toWords(why: unknown): string {
  if (typeof why !== "object" || why === null || Array.isArray(why))
    return typeof why === "string" ? why : JSON.stringify(why);
  return Object.entries(why)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("; ");
}

function identifiers(
  found: DeliveryView,
  { tracesUrl }: ConsoleDeps,
): (readonly [string, Html | string | number | null])[] {
  const at = (place: DeliveryView["raw"]): string | null =>
    place === null ? null : `${place.topic}/${place.partition}/${place.offset}`;
  const trace =
    found.traceId !== null && tracesUrl !== null
      ? html`<a href="${tracesUrl}/trace/${found.traceId}">${found.traceId}</a>`
      : found.traceId;
  return [
    ["Tenant, lane", `${found.tenant}, ${found.lane}`],
    ["Source", `${found.source.name} (${found.source.kind})`],
    ["Sender's ids", [found.source.eventId, found.source.deliveryId].filter((each) => each !== null).join(", ")],
    ["Message-ID", found.messageId],
    ["Email", found.emailKey],
    ["Conversation", found.conversationId],
    ["Duplicate of", found.duplicateOf],
    ["Trace", trace],
    ["Raw event", at(found.raw)],
    ["Normalized", at(found.normalized)],
    ["Dead letter", at(found.deadLetter)],
    ["Replay, attempts", `${found.pass}, ${found.attempt + 1}`],
    ["Warnings", found.warnings.join("; ")],
  ];
}
