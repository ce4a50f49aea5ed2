import { html } from "@inlet/html";
import type { AccessToken } from "@inlet/ledger";
import { z } from "zod";
import { action, table, time } from "../page/parts.ts";
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
      <p>
        A new one is made, and its secret shown once, by: <code>npx inlet tokens create NAME --grant process</code>
      </p>`,
  command: () => "npx inlet tokens list",
});
