import { html, type Html } from "@inlet/html";
import { createReplay, Problem, replayInput, type Reach } from "@inlet/operations";
import { isAllowed } from "@inlet/domain";
import { z } from "zod";
import { bulkForm } from "../page/bulk-form.ts";
import { duration, facts, formatCount } from "../page/parts.ts";
import { defineScreen, type Viewer } from "../screen.ts";
import { optional, tenantId, toArguments } from "./fields.ts";

/** What replays may use of a tenant's quota. */
const SHARE = 0.2;
const SERVICES = { "crm-sink": "deliver anew", parser: "parse anew, and deliver what differs" } as const;

const query = z.object({
  tenant: optional(tenantId),
  lane: optional(z.string().max(63)),
  service: z.enum(["crm-sink", "parser"]).default("crm-sink"),
  since: optional(z.string().max(40)),
  until: optional(z.string().max(40)),
  eventIds: optional(z.string().max(4_000)),
  messageIds: optional(z.string().max(4_000)),
});
type Filter = z.infer<typeof query>;

interface Preview {
  /** When it was counted, epoch ms. */
  readonly asOf: number;
  readonly reach: Reach | null;
  /** Until the replay is through, ms, if every email cost its calls; null: not known. */
  readonly ms: number | null;
  /** Why there is nothing to replay. */
  readonly problem: string | null;
}

/** What a replay would mean, before it is asked for. */
export const replayForm = defineScreen({
  name: "replayForm",
  path: "/replays/new",
  title: "Replay emails",
  summary:
    "What a replay by time, tenant, lane or ids would mean: how many records, at most how many calls and minutes.",
  menu: false,
  role: "replay",
  query,
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger, surroundings, now }, filter): Promise<Preview> => {
    const asOf = now();
    const none = { asOf, reach: null, ms: null, problem: null };
    if ([filter.since, filter.eventIds, filter.messageIds].every((each) => each === undefined)) return none;
    try {
      const deps = { ledger, now, ...surroundings };
      const reach = (await createReplay.measure?.(deps, replayInput.parse({ ...filter, asOf }))) ?? null;
      const [view] = filter.tenant === undefined ? [] : await ledger.inspect.tenants(filter.tenant);
      const rate = (view?.perSecond ?? 0) * SHARE;
      return { ...none, reach, ms: reach === null || rate <= 0 ? null : (reach.calls / rate) * 1_000 };
    } catch (error) {
      if (error instanceof Problem) return { ...none, problem: error.message };
      throw error;
    }
  },
  render: (preview, filter, viewer) =>
    html`<h1>Replay emails</h1>
      <p>
        Emails are read again beside live mail: what is unchanged costs no call, what changed is updated in place, what
        people changed in the CRM stays, and what happens once an email does not happen again. Dead letters are sent
        again from <a href="/dead-letters">their own page</a>.
      </p>
      ${showForm(filter)} ${preview.problem === null ? null : html`<p class="card bad">${preview.problem}</p>`}
      ${preview.reach === null ? null : showPreview(preview, preview.reach, filter, viewer)}`,
  command: ({ eventIds, messageIds, ...filter }) =>
    `npx inlet replay${toArguments({ ...filter, event: eventIds, "message-id": messageIds })}`,
});

function showForm({ tenant, lane, service, since, until, eventIds, messageIds }: Filter): Html {
  const option = ([name, does]: [string, string]): Html =>
    name === service
      ? html`<option value="${name}" selected>${does}</option>`
      : html`<option value="${name}">${does}</option>`;
  return html`<form class="filter">
    <label>Since <input name="since" value="${since ?? ""}" placeholder="12h, 7d, earliest" /></label>
    <label>Until <input name="until" value="${until ?? ""}" placeholder="now" /></label>
    <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
    <label>Lane <input name="lane" value="${lane ?? ""}" /></label>
    <label
      >What to do
      <select name="service">
        ${Object.entries(SERVICES).map(option)}
      </select></label
    >
    <label>Or event ids <input name="eventIds" value="${eventIds ?? ""}" placeholder="evt_…" /></label>
    <label>Or Message-IDs <input name="messageIds" value="${messageIds ?? ""}" /></label>
    <label>&nbsp;<button>Count</button></label>
  </form>`;
}

function showPreview({ asOf, ms }: Preview, reach: Reach, filter: Filter, viewer: Viewer): Html {
  const { tenant } = filter;
  const parts = reach.parts.map(({ lane, records }) => `${String(lane)} ${formatCount(Number(records))}`).join(", ");
  const means = { fields: { ...filter, asOf }, tenants: reach.tenants ?? [] };
  const look =
    filter.service === "crm-sink"
      ? bulkForm({ ...means, emails: 0, path: "/replays/dry-run", label: "Look first", why: "optional" })
      : html`<p class="soft">
          The dry run of parsing anew is the command line's: <code>npx inlet replay --service parser --dry-run</code>
        </p>`;
  return html`<h2>What it means</h2>
    ${facts([
      [
        "Records",
        `${formatCount(reach.emails)}${tenant === undefined ? "" : `, of which those of ${tenant} are meant`}`,
      ],
      ["By lane", parts],
      ["Calls to the CRM", `at most about ${formatCount(reach.calls)}; what is unchanged costs none`],
      [
        "At a fifth of the quota",
        ms === null ? "not known for several tenants, or for one that never called" : `at most about ${duration(ms)}`,
      ],
    ])}
    <h3>What would become of each, with nothing written</h3>
    ${look}
    <h3>Replay</h3>
    ${isAllowed(viewer.grants, "replay", tenant ?? null) ? bulkForm({ ...means, emails: reach.emails, path: "/replays", label: "Replay", why: "optional" }) : null}`;
}
