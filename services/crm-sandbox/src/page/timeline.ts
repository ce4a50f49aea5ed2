import type { CrmStore } from "../store/crm-store.ts";
import type { StoredFile, StoredObject } from "../store/stored.ts";
import { parseTime } from "../store/property-rules.ts";
import { html } from "@inlet/html";
import type { Html } from "@inlet/html";
import { contactName, fileName, size, when } from "./layout.ts";

const LISTED = 200;

/** Emails and tasks of a record, the newest first, at most 200. */
export function timeline(store: CrmStore, object: StoredObject): Html {
  const entries = [...store.associated(object, "emails"), ...store.associated(object, "tasks")]
    .map(({ to, toId }) => store.find(to, toId))
    .filter((entry) => entry !== undefined)
    .map((entry) => ({ entry, at: parseTime(entry.properties["hs_timestamp"] ?? "") ?? entry.createdAt }))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, LISTED);
  if (entries.length === 0) return html`<div class="card empty">Nothing has happened yet.</div>`;
  return html`<ol class="timeline">
    ${entries.map(({ entry, at }) => (entry.type === "tasks" ? task(entry, at) : email(store, entry, at)))}
  </ol>`;
}

function email(store: CrmStore, { id, properties }: StoredObject, at: number): Html {
  const has = (name: string): string => properties[name] ?? "";
  const name = [has("hs_email_from_firstname"), has("hs_email_from_lastname")].filter(Boolean).join(" ");
  const from = name === "" ? has("hs_email_from_email") : `${name} <${has("hs_email_from_email")}>`;
  const incoming = has("hs_email_direction") === "INCOMING_EMAIL";
  const more = Object.entries(properties).filter(
    ([property, value]) => value !== "" && (property.startsWith("inlet_") || property === "hs_attachment_ids"),
  );
  return html`<li class="card" id="email-${id}">
    <div class="meta"><span>${incoming ? "Email received" : "Email"}</span>${when(at)}</div>
    <div class="subject">${has("hs_email_subject") === "" ? "(no subject)" : has("hs_email_subject")}</div>
    <div class="soft">
      From
      ${from === "" ? "unknown" : from}${party(" · to ", has("hs_email_to_email"))}${party(" · cc ", has("hs_email_cc_email"))}
    </div>
    <pre>${linked(has("hs_email_text"))}</pre>
    ${attachments(store, has("hs_attachment_ids"))}${preview(has("hs_email_html"))}
    <details>
      <summary>Properties</summary>
      <dl>
        <dt>id</dt>
        <dd>${id}</dd>
        ${more.map(
          ([property, value]) =>
            html`<dt>${property}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </details>
  </li>`;
}

/** Web addresses in a text as links; the rest as it is. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) =>
      index % 2 === 1 ? html`<a href="${part}" rel="noreferrer nofollow">${part}</a>` : html`${part}`,
    );
}

function party(word: string, addresses: string): string | null {
  return addresses === "" ? null : `${word}${addresses.replaceAll(";", ", ")}`;
}

/** Mail html is shown in a frame that may run nothing and fetch nothing. */
function preview(mail: string): Html | null {
  return mail === ""
    ? null
    : html`<details>
        <summary>Html</summary>
        <iframe sandbox="" title="Email html" srcdoc="${mail}"></iframe>
      </details>`;
}

function attachments(store: CrmStore, ids: string): Html | null {
  const files = ids.split(";").flatMap((id) => store.file(id) ?? []);
  return files.length === 0
    ? null
    : html`<ul class="files">
        ${files.map((file) => html`<li>${fileLink(file)}</li>`)}
      </ul>`;
}

export function fileLink(file: StoredFile): Html {
  return html`<a href="/files-content/${file.id}">${fileName(file)} <small>${size(file.size)}</small></a>`;
}

function task({ id, properties }: StoredObject, at: number): Html {
  return html`<li class="card task" id="task-${id}">
    <div class="meta">
      <span>Task · ${(properties["hs_task_status"] ?? "NOT_STARTED").replaceAll("_", " ").toLowerCase()}</span
      ><span>due ${when(at)}</span>
    </div>
    <div class="subject">${properties["hs_task_subject"] ?? "Task"}</div>
    <pre>${properties["hs_task_body"] ?? ""}</pre>
  </li>`;
}

/** The records of a type that a record is tied to, as a side card; nothing where there are none. */
export function related(store: CrmStore, object: StoredObject, type: "contacts" | "deals" | "companies"): Html | null {
  const others = store.associated(object, type).flatMap(({ toId }) => store.find(type, toId) ?? []);
  if (others.length === 0) return null;
  const items = others.map(
    (other) => html`<li><a href="/${type}/${other.id}">${getTitle(other)}</a>${subtitle(other)}</li>`,
  );
  return html`<section class="card">
    <h2>${type}</h2>
    <ul class="stack">
      ${items}
    </ul>
  </section>`;
}

export function getTitle(object: StoredObject): string {
  if (object.type === "contacts") return contactName(object);
  return object.properties["dealname"] ?? object.properties["name"] ?? object.id;
}

function subtitle({ type, properties }: StoredObject): Html | null {
  const text = properties[{ contacts: "email", deals: "dealstage", companies: "domain", emails: "", tasks: "" }[type]];
  return text === undefined
    ? null
    : html`<div class="soft">${text}</div>
        ${tags(properties["inlet_tags"])}`;
}

export function tags(joined: string | undefined): Html | null {
  const list = (joined ?? "").split(";").filter((tag) => tag !== "");
  return list.length === 0 ? null : html`<div>${list.map((tag) => html`<span class="tag">${tag}</span>`)}</div>`;
}
