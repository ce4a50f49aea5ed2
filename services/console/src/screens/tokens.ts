import { ROLES } from "@inlet/domain";
import { html, type Html } from "@inlet/html";
import type { AccessToken } from "@inlet/ledger";
import { z } from "zod";
import { action, idempotencyKey, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";

/** Machines that may ask the API. */
export const tokens = defineScreen({
  name: "tokens",
  path: "/tokens",
  title: "Tokens",
  summary: "Tokens of machines: name, grants, last use. Never their secrets.",
  menu: true,
  role: "administer",
  query: z.object({}),
  tenant: () => null,
  read: async ({ ledger }) => ({ tokens: await ledger.access.tokens() }),
  render: ({ tokens: rows }) =>
    html`<h1>Tokens</h1>
      ${table<AccessToken>(
        rows,
        [
          { title: "Name", value: ({ name }) => name },
          { title: "May", value: ({ grants }) => grants.map(({ role, tenant }) => `${role}:${tenant}`).join(", ") },
          { title: "Made", value: ({ createdAt, createdBy }) => html`${time(createdAt)} by ${createdBy}` },
          { title: "Last used", value: ({ lastUsedAt }) => time(lastUsedAt) },
          { title: "Ends", value: ({ expiresAt }) => (expiresAt === null ? "never" : time(expiresAt)) },
          {
            title: "",
            value: ({ id, revokedAt }) =>
              revokedAt === null ? action(`/tokens/${id}/revoke`, "Revoke") : html`revoked ${time(revokedAt)}`,
          },
        ],
        "No machine has a token.",
      )}
      <h2>A new one</h2>
      <form class="filter card" method="post" action="/tokens">
        ${idempotencyKey()}
        <label>Name <input name="name" required maxlength="100" autocomplete="off" /></label>
        <label
          >May <input name="grants" required size="40" placeholder="process, view:acme" autocomplete="off"
        /></label>
        <label>Good for <input name="ttl" placeholder="90d; empty: until revoked" autocomplete="off" /></label>
        <label>&nbsp;<button class="primary">Make a token</button></label>
      </form>
      <p class="soft">Roles: ${Object.keys(ROLES).join(", ")}; each of every tenant, or of one: ROLE:TENANT.</p>`,
  command: () => "npx inlet tokens list",
});

/** The only page that ever shows it. */
export function showSecret({ id, secret }: { readonly id: string; readonly secret: string }): Html {
  return html`<h1>A new token</h1>
    <p class="card">
      <b class="wait">Copy it now</b>: it is not shown again.<br />
      <code>${secret}</code>
    </p>
    <p><a href="/tokens">All tokens</a>; this one is ${id}.</p>`;
}
