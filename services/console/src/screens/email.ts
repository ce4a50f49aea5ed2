import { html, type Html } from "@inlet/html";
import { whyItWaits, type DeliveryView, type WaitingView } from "@inlet/ledger";
import { z } from "zod";
import { action, duration, emailPath, facts, stateWord, table, time } from "../page/parts.ts";
import { notFound } from "../problem.ts";
import { defineScreen, type ConsoleDeps } from "../screen.ts";
import { isAllowed } from "@inlet/domain";
import { eventId, tenantId } from "./fields.ts";
import { toTimeline, type TimelineStep } from "./journey.ts";
import { judge, type Verdict } from "./next-step.ts";

interface EmailData {
  readonly email: DeliveryView;
  readonly waits: (WaitingView & { readonly why: string }) | null;
  readonly verdict: Verdict;
  readonly timeline: readonly TimelineStep[];
}

/** Where an email is, why, and what to do next. */
export const email = defineScreen({
  name: "email",
  path: "/emails/:tenant/:eventId",
  title: "Email",
  summary: "An email's whole way: state, verdict, timeline, CRM records, evidence of each match. No content.",
  menu: false,
  role: null,
  query: z.object({ tenant: tenantId, eventId }),
  tenant: ({ tenant }) => tenant,
  read: async ({ ledger }, { tenant, eventId: id }): Promise<EmailData> => {
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
      verdict: judge(delivery.state, delivery.reason, waits?.why ?? null),
      timeline: toTimeline(delivery, journey),
    };
  },
  render: ({ email: found, waits, verdict, timeline }, { tenant, eventId: id }, viewer, deps) =>
    html`<h1>${id}</h1>
      <p class="card">
        ${stateWord(found.state)}${found.reason === null ? null : html` (${found.reason}${found.detail === null ? null : html`: ${found.detail}`})`}.
        ${verdict.what} ${verdict.next === null ? null : html`<br /><b>Next:</b> ${verdict.next}`}
      </p>
      <div class="acts">
        ${waits !== null && isAllowed(viewer.grants, "process", tenant) ? action(`${emailPath(tenant, id)}/retry`, "Retry now") : null}
      </div>
      <h2>Its way</h2>
      <ol class="steps card">
        ${timeline.map(
          ({ at, what, detail }) =>
            html`<li>
              ${time(at)} <span class="soft">+${duration(at - found.receivedAt)}</span> ${what}${words(detail)}
            </li>`,
        )}
      </ol>
      <h2>In the CRM</h2>
      ${table(
        found.effects,
        [
          { title: "Effect", value: ({ effect }) => effect },
          { title: "Record", value: ({ recordId }) => recordId },
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

function words(detail: TimelineStep["detail"]): Html | null {
  const entries = Object.entries(detail);
  return entries.length === 0 ? null : html`: ${entries.map(([name, value]) => `${name} ${String(value)}`).join(", ")}`;
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
