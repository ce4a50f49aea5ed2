import { html, type Html } from "@inlet/html";
import type { Mailbox } from "@inlet/schemas";
import { z } from "zod";
import { contentPath } from "../content/paths.ts";
import { viewEmail, type ShownAttachment, type ShownEmail, type ViewData } from "../content/view-email.ts";
import { emailPath, facts, link, table, time } from "../page/parts.ts";
import { defineScreen } from "../screen.ts";
import { eventId, optional, tenantId } from "./fields.ts";

const query = z.object({
  tenant: tenantId,
  eventId,
  v: optional(z.string().max(4_096)),
  remote: optional(z.literal("yes")),
});
type Query = z.output<typeof query>;

/** An email as it reads, for those who may see it: what a CRM record links to. */
export const content = defineScreen<Query, ViewData>({
  name: "content",
  path: "/e/:tenant/:eventId",
  title: "Content of an email",
  summary:
    "The content of an email: sender, recipients, text, html in a frame, files. Each view is audited; where the tenant wants a reason, it is given first.",
  menu: false,
  role: "view",
  query,
  tenant: ({ tenant }) => tenant,
  read: async (deps, asked, viewer) => viewEmail(deps, asked, viewer),
  render: (data, asked) =>
    html`<h1>${data.needs === null && data.email !== null ? (data.email.subject ?? "(no subject)") : asked.eventId}</h1>
      <p><a href="${emailPath(asked.tenant, asked.eventId)}">Where it is and how it got there</a></p>
      ${data.needs === "reason" ? askForReason(asked) : renderView(data, asked)}`,
  command: () => null,
});

function askForReason(asked: Query): Html {
  return html`<form class="card" method="post" action="${contentPath(asked)}/reason">
    <p>${asked.tenant} wants to know why its emails are read. What you write stands in the audit, with your name.</p>
    <p>
      <label>Reason <input name="reason" required minlength="5" maxlength="200" size="50" autocomplete="off" /></label>
      <button class="primary">Show the email</button>
    </p>
  </form>`;
}

function renderView(data: Extract<ViewData, { needs: null }>, asked: Query): Html {
  const { email, absent, raw, view } = data;
  const original =
    raw === null
      ? html`<p class="soft">What came in is not handed out: it is not kept, or a scan found malware in it.</p>`
      : html`<p>
          <a href="${raw}" download>Download what came in, unchanged</a>. It may hold files that were refused.
        </p>`;
  if (email === null)
    return html`<p class="card">${absent?.what ?? ""}</p>
      ${original}`;
  return html`${describe(email)} ${renderLost(email)}
    ${email.html === null ? null : renderFrame(email, email.html, { asked, view })}
    <h2>Text</h2>
    ${email.text === null ? html`<p class="card soft">No text.</p>` : html`<pre class="card letter">${email.text}</pre>`}
    <h2>Files</h2>
    ${table<ShownAttachment>(
      email.attachments,
      [
        { title: "Name", value: ({ filename }) => filename ?? "(without a name)" },
        { title: "Type", value: ({ contentType, inline }) => `${contentType}${inline ? ", shown inside" : ""}` },
        { title: "Bytes", value: ({ size }) => size, numeric: true },
        { title: "Scan", value: ({ verdict, why }) => why ?? verdict },
        {
          title: "Download",
          value: ({ download, verdict }) =>
            download === null
              ? html`<span class="soft">${verdict === "unavailable" ? "not stored" : "not handed out"}</span>`
              : html`<a href="${download}" download>Download</a>`,
        },
      ],
      "No files.",
    )}
    ${original}
    <details>
      <summary>All header fields</summary>
      <pre class="card letter">${email.headers.map(({ name, value }) => `${name}: ${value}`).join("\n")}</pre>
    </details>`;
}

function describe(email: ShownEmail): Html {
  const { spf, dkim, dmarc } = email.auth;
  return facts([
    ["From", formatMailboxes([email.from])],
    ["Sender", formatMailboxes([email.sender])],
    ["Reply to", formatMailboxes(email.replyTo)],
    ["To", formatMailboxes(email.to)],
    ["Cc", formatMailboxes(email.cc)],
    ["Date", email.date === null ? null : time(email.date)],
    ["Message-ID", email.messageId],
    ["SPF, DKIM, DMARC", [spf, dkim, dmarc].map((verdict) => verdict ?? "not known").join(", ")],
    ["Spam", email.spamVerdict],
  ]);
}

function renderLost({ lost }: ShownEmail): Html | null {
  if (lost.length === 0) return null;
  return html`<p class="card">No longer in the blob store: ${lost.join(", ")}.</p>`;
}

function renderFrame(
  { remoteImages, remoteShown }: ShownEmail,
  frame: string,
  { asked, view }: { readonly asked: Query; readonly view: string },
): Html {
  const remote = remoteShown
    ? html`<p class="soft">Remote images were loaded by Inlet; their owner learns that somebody looks, not who.</p>`
    : html`<p>
        ${remoteImages} remote images are not loaded.
        <a href="${link(contentPath(asked), { v: view, remote: "yes" })}">Load them through Inlet</a>: their owner
        learns that somebody looks, not who. It is audited.
      </p>`;
  // Nothing is allowed inside: no script, no form, no window, no origin of its own; links in it lead nowhere.
  return html`<h2>As sent</h2>
    ${remoteImages === 0 ? null : remote}
    <iframe class="card letter" sandbox="" src="${frame}" title="The email as it was sent" loading="eager"></iframe>`;
}

function formatMailboxes(mailboxes: readonly (Mailbox | null)[]): string {
  return mailboxes
    .flatMap((each) => (each === null ? [] : [each.name === null ? each.email : `${each.name} <${each.email}>`]))
    .join(", ");
}
