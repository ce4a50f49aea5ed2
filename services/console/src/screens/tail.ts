import { html, type Html } from "@inlet/html";
import type { ListedDelivery } from "@inlet/ledger";
import { emailFilter } from "@inlet/operations";
import { API } from "../api/openapi.ts";
import { emailPath, link, stateWord, time, toWords } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { STATES, toArguments, toPlace } from "./fields.ts";

/** As of the list of emails; how far back it goes is not asked. */
export const tailFilter = emailFilter.omit({ since: true });

const NEWEST = 50;

/** What comes in now. Without script it is the newest, to be looked at again. */
export const tail = defineScreen({
  name: "tail",
  path: "/tail",
  title: "Live tail",
  summary:
    "The newest emails. With `Accept: text/event-stream`, those that come and change from now on, as server-sent events. No content, no addresses.",
  menu: true,
  role: null,
  query: tailFilter,
  tenant: ({ tenant }) => tenant ?? null,
  read: async ({ ledger }, { domain, ...filter }) => ({
    emails: await ledger.inspect.list({ ...filter, domain: domain?.toLowerCase(), limit: NEWEST }),
  }),
  render: ({ emails: rows }, { tenant, state, domain }) => {
    const filter = { tenant, state, domain };
    const [newest] = rows;
    const after = newest === undefined ? "0-evt_0" : toPlace(newest);
    return html`<h1>Live tail</h1>
      <form class="filter">
        <label>Tenant <input name="tenant" value="${tenant ?? ""}" /></label>
        <label
          >State
          <select name="state">
            <option value="">any</option>
            ${STATES.map((each) => (each === state ? html`<option value="${each}" selected>${toWords(each)}</option>` : html`<option value="${each}">${toWords(each)}</option>`))}
          </select></label
        >
        <label>Sender's domain <input name="domain" value="${domain ?? ""}" /></label>
        <label>&nbsp;<button>Show</button></label>
      </form>
      <p>
        <a href="${link("/tail", filter)}">Look again</a>
        <button type="button" id="tail-pause" hidden>Pause</button>
        <span class="soft" id="tail-says" role="status"></span>
      </p>
      <div class="card" tabindex="0" role="region" aria-label="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Received</th>
              <th scope="col">Event</th>
              <th scope="col">Tenant</th>
              <th scope="col">Source</th>
              <th scope="col">From</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody id="tail" data-events="${link(`${API}/tail`, filter)}" data-after="${after}">
            ${rows.map(renderRow)}
          </tbody>
        </table>
      </div>
      <script type="module" src="/tail.js"></script>`;
  },
  command: ({ tenant, state, domain }) =>
    `npx inlet list${toArguments({ tenant, state: state === undefined ? undefined : toWords(state), domain })}`,
});

function renderRow({ receivedAt, tenant, eventId, source, senderDomain, state, reason }: ListedDelivery): Html {
  return html`<tr>
    <td>${time(receivedAt)}</td>
    <td><a href="${emailPath(tenant, eventId)}">${eventId}</a></td>
    <td>${tenant}</td>
    <td>${source}</td>
    <td>${senderDomain ?? "–"}</td>
    <td>${stateWord(state)}${reason === null ? null : html` ${reason}`}</td>
  </tr>`;
}
