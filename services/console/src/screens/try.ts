import { isAllowed } from "@inlet/domain";
import { html, type Html } from "@inlet/html";
import { z } from "zod";
import { emailPath, facts, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import type { TriedChange, TriedDelivery } from "../try/try-deps.ts";
import type { TryInput, TryResult } from "../try/run-try.ts";
import { eventId, optional, tenantId } from "./fields.ts";

interface TryForm {
  /** Those whose emails the viewer may try. */
  readonly tenants: readonly string[];
}

/** Paste an email, see what would become of it; the answer is the POST's (try/try-routes.ts). */
export const tryIt = defineScreen({
  name: "try",
  path: "/try",
  title: "Try it",
  summary:
    "Tenants whose emails can be tried. POST an email (`email`, or `eventId` of one that came) to see what would become of it.",
  menu: true,
  role: "ingest",
  query: z.object({ tenant: optional(tenantId), eventId: optional(eventId) }),
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ surroundings }, _, viewer): Promise<TryForm> => ({
    tenants: surroundings
      .listTenants()
      .map(({ id }) => id)
      .filter((id) => isAllowed(viewer.grants, "ingest", id)),
  }),
  render: ({ tenants }, { tenant, eventId: id }) =>
    html`<h1>Try an email</h1>
      <p>
        What Inlet understands of it, where it would go, which rules it meets, what would be written. Nothing is
        written.
      </p>
      <form class="card" method="post" action="/try">
        <p class="filter">
          <label
            >Tenant
            <select name="tenant">
              ${tenants.map((each) => (each === tenant ? html`<option selected>${each}</option>` : html`<option>${each}</option>`))}
            </select></label
          >
          <label>Reached (where its headers do not say) <input name="to" placeholder="sales@inlet.example" /></label>
          <label
            >Form
            <select name="form">
              <option value="mime">MIME (.eml)</option>
              <option value="json">signed JSON</option>
            </select></label
          >
        </p>
        <p>
          <label for="email">The email, headers and all</label>
          <textarea id="email" name="email" rows="14" spellcheck="false"></textarea>
        </p>
        <p class="filter">
          <label>Or one that came (role view) <input name="eventId" value="${id ?? ""}" placeholder="evt_…" /></label>
          <label>Reason, where its tenant wants one <input name="reason" maxlength="200" /></label>
          <label>&nbsp;<button class="primary">Try it</button></label>
        </p>
      </form>`,
  command: ({ tenant }) => `npx inlet rules try mail.eml --tenant ${tenant ?? "TENANT"}`,
});

/** What came of it. */
export function renderTry(result: TryResult, { tenant, eventId: id }: TryInput): Html {
  const top = html`<h1>
      ${id === undefined ? "A pasted email" : html`<a href="${emailPath(tenant, id)}">${id}</a>`}, as if it came to
      ${tenant} now
    </h1>
    <p><a href="/try?tenant=${tenant}">Try another</a>. Nothing was written.</p>`;
  if (result.error !== null)
    return html`${top}
      <p class="card"><b class="bad">It would be dead-lettered</b> (${result.error.code}): ${result.error.message}</p>`;
  const { parsed, rules, contact, emailKey, conversationId, delivery } = result;
  const { classification } = parsed;
  return html`${top}
    <h2>What Inlet understands</h2>
    ${facts([
      ["From", parsed.from === null ? null : `${parsed.from.name ?? ""} <${parsed.from.email}>`],
      ["Contact", contact === null ? "none" : `${contact.name ?? ""} <${contact.email}>, via ${contact.via}`],
      ["Subject", parsed.subject],
      ["Date", parsed.date === null ? null : time(parsed.date)],
      ["Class", `${classification.kind} (${rules.policy})${rules.spamVerdict === "spam" ? ", spam" : ""}`],
      ["Signs of it", classification.reasons.join("; ")],
      ["Mailbox", rules.mailbox ?? "none: name the address that it reached"],
      ["Tags", rules.tags.map(({ kind, value }) => `${kind}: ${value}`).join(", ") || "none"],
      ["Intents", rules.intents.map(({ intent }) => intent).join(", ") || "none"],
      ["Message-ID", parsed.messageId],
      ["Email", emailKey],
      ["Conversation", conversationId],
      [
        "Files",
        parsed.attachments.map(({ filename, size }) => `${filename ?? "(without a name)"}, ${size} bytes`).join("; "),
      ],
      ["Warnings", parsed.warnings.join("; ")],
    ])}
    <h2>The words that count</h2>
    <pre class="card letter">${typeof parsed.replyText === "string" ? parsed.replyText : "(none)"}</pre>
    <h2>Rules</h2>
    ${table(
      rules.rules.flatMap(({ ruleId, held, conditions }) =>
        conditions.map((condition) => ({ ruleId, met: held, ...condition })),
      ),
      [
        { title: "Rule", value: ({ ruleId, met }) => `${ruleId}: ${met ? "met" : "not met"}` },
        { title: "Condition", value: ({ condition }) => condition },
        { title: "Holds", value: ({ held }) => (held ? "yes" : "no") },
        {
          title: "Found",
          value: ({ found, words }) =>
            [found, ...words.map((word) => word.found)].filter((each) => each !== null).join(", "),
        },
      ],
      "The tenant has no rules.",
    )}
    ${table(
      rules.rules.flatMap(({ actions }) => actions),
      [
        { title: "Would do", value: ({ kind }) => kind },
        { title: "For rule", value: ({ ruleId }) => ruleId },
        { title: "What", value: ({ kind: _, ruleId: __, ...what }) => JSON.stringify(what) },
      ],
      "No rule would do anything.",
    )}
    ${renderDelivery(delivery)}
    <p class="soft">
      Not looked at: the sender's SPF, DKIM and DMARC, and whether a scan finds malware in its files; files are not
      written.
    </p>`;
}

function renderDelivery(delivery: TriedDelivery): Html {
  if (!delivery.asked)
    return html`<h2>What would be written</h2>
      <p class="card">${delivery.why}</p>`;
  const { result, reason, detail, changes, evidence, warnings, calls } = delivery;
  return html`<h2>What would be written</h2>
    <p class="card">
      <b>${WORDS[result] ?? result}</b
      >${reason === null ? null : html` (${reason}${detail === null ? null : html`: ${detail}`})`}. ${calls} requests to
      the CRM. ${warnings.join("; ")}
    </p>
    ${table<TriedChange>(
      changes,
      [
        { title: "Record", value: ({ record }) => record },
        { title: "Field", value: ({ field }) => field },
        { title: "How", value: (change) => change.result.replaceAll("_", " ") },
        { title: "Is", value: ({ from }) => from },
        { title: "Would be", value: ({ to }) => to },
      ],
      "Nothing.",
    )}
    <h2>Why there</h2>
    ${facts(Object.entries(evidence).map(([what, why]) => [what, JSON.stringify(why)] as const))}`;
}

const WORDS: Readonly<Record<string, string>> = {
  changed: "It would be written",
  unchanged: "Nothing would change",
  kept: "Nothing would change: a person changed it in the CRM since",
  suppressed: "It would be suppressed",
  dead_lettered: "It would be dead-lettered",
  waiting: "It would wait",
  skipped: "It would be passed over",
};
