import { html, type Html } from "@inlet/html";
import { whyItWaits, type WaitingMail } from "@inlet/ledger";
import { z } from "zod";
import { duration, emailPath, link, table, time, toWords } from "../page/parts.ts";
import { defineScreen, type Balance } from "../screen.ts";

const FIRST_LOST = 10;

/** Is anything lost, and what waits: the first page. */
export const overview = defineScreen({
  name: "overview",
  path: "/",
  title: "Overview",
  summary: "Whether every accepted email is accounted for, and what waits for what.",
  menu: true,
  role: null,
  query: z.object({}),
  tenant: () => null,
  read: async ({ ledger, balance }) => ({ balance: balance(), waiting: await ledger.waiting.mail() }),
  render: ({ balance, waiting }) =>
    html`<h1>Overview</h1>
      ${balance === null ? html`<p class="card soft">Counting for the first time. Look again in a minute.</p>` : renderBalance(balance)}
      <h2>What waits</h2>
      ${table<WaitingMail>(
        waiting,
        [
          { title: "Tenant", value: ({ tenant }) => html`<a href="${link("/waiting", { tenant })}">${tenant}</a>` },
          { title: "Emails", value: ({ emails }) => emails, numeric: true },
          { title: "Oldest", value: ({ oldestMs }) => duration(oldestMs) },
          { title: "Why, and until when", value: (mail) => whyItWaits(mail) },
        ],
        "Nothing waits.",
      )}`,
  command: () => "npx inlet reconcile",
});

function renderBalance({ at, report }: Balance): Html {
  const { accepted, written, suppressed, deadLettered, inFlight, unread, lost, faults } = report;
  const count = (n: number, word: string, path: string) => html`<a href="${path}"><b>${n}</b> ${word}</a>`;
  return html`<div class="card">
    <p class="sum">
      ${count(accepted, "accepted", "/emails")} = ${count(written, "written", "/emails?state=written")} +
      ${count(suppressed, "suppressed", "/emails?state=suppressed")} +
      ${count(deadLettered, "dead-lettered", "/emails?state=dead_lettered")} +
      ${count(inFlight, "in flight", "/waiting")}
    </p>
    ${
      lost.length === 0
        ? html`<p class="good"><b>0 lost</b>: every accepted email is accounted for.</p>`
        : html`<p class="bad"><b>${lost.length} lost</b>. The first:</p>
            <ul>
              ${lost
                .slice(0, FIRST_LOST)
                .map(
                  (each) =>
                    html`<li>
                      <a href="${emailPath(each.tenant, each.eventId)}">${each.eventId}</a> of ${each.tenant},
                      ${toWords(each.state)}: ${each.why}
                    </li>`,
                )}
            </ul>
            <p>What to do: <code>npx inlet reconcile --deep</code>, and the runbook docs/runbooks/reconcile.md.</p>`
    }
    ${
      faults.length === 0
        ? null
        : html`<ul class="wait">
            ${faults.slice(0, FIRST_LOST).map((each) => html`<li>${each}</li>`)}
          </ul>`
    }
    <p class="soft">
      ${unread === 0 ? null : html`${unread} more are in Kafka and not yet read. `}Counted at ${time(at)}.
    </p>
  </div>`;
}
