import type { FastifyInstance, FastifyReply } from "fastify";
import type { CrmStore } from "../store/crm-store.ts";
import type { StoredObject } from "../store/stored.ts";
import type { FileContents } from "../store/file-contents.ts";
import { html } from "@inlet/html";
import type { Html } from "@inlet/html";
import { face, fileName, page, size, when } from "./layout.ts";
import { related, tags, timeline, getTitle } from "./timeline.ts";

/** The page runs nothing and fetches nothing from elsewhere, whatever a mail brings along. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'";
const LISTED = 200;

const SHOWN = {
  contacts: ["email", "phone", "company", "jobtitle", "lifecyclestage"],
  deals: ["dealstage", "pipeline", "amount", "inlet_conversation"],
  companies: ["domain", "phone", "city", "country"],
} as const;

type Kind = keyof typeof SHOWN;

/** The records as people would see them in a CRM: lists, and a record with its timeline. */
export function servePages(
  app: FastifyInstance,
  { store, contents }: { readonly store: CrmStore; readonly contents: FileContents },
): void {
  for (const [path, kind] of [
    ["/", "contacts"],
    ["/contacts", "contacts"],
    ["/deals", "deals"],
    ["/companies", "companies"],
  ] as const) {
    app.get(path, async (_, reply) => show(reply, page(store, heading(kind), kind, list(store, kind))));
  }
  for (const kind of ["contacts", "deals", "companies"] as const) {
    app.get<{ Params: { id: string } }>(`/${kind}/:id`, async (request, reply) => {
      const object = store.find(kind, request.params.id);
      return object === undefined
        ? reply.callNotFound()
        : show(reply, page(store, getTitle(object), kind, record(store, object, kind)));
    });
  }
  app.get("/files", async (_, reply) => show(reply, page(store, "Files", "files", files(store))));
  app.get<{ Params: { id: string } }>("/files-content/:id", async (request, reply) => {
    const file = store.file(request.params.id);
    const bytes = file === undefined ? null : contents.get(file.id);
    if (file === undefined || bytes === null) return reply.callNotFound();
    // Never shown in place: an attachment may be html.
    reply.headers({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(fileName(file))}`,
      "x-content-type-options": "nosniff",
    });
    return reply.send(bytes);
  });
}

async function show(reply: FastifyReply, text: string): Promise<FastifyReply> {
  reply.headers({ "content-security-policy": POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer" });
  return reply.type("text/html; charset=utf-8").send(text);
}

function heading(kind: Kind): string {
  return `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
}

function list(store: CrmStore, kind: Kind): Html {
  const all = store.all(kind).toSorted((a, b) => latest(store, b) - latest(store, a));
  const rows = all.slice(0, LISTED).map((object) => {
    const emails = store.associated(object, "emails").length;
    const { properties } = object;
    const detail = { contacts: properties["email"], deals: properties["dealstage"], companies: properties["domain"] }[
      kind
    ];
    return html`<li>
      <a href="/${kind}/${object.id}"
        >${face(getTitle(object))}
        <div>
          <div class="name">${getTitle(object)}</div>
          <div class="soft">${detail ?? ""}</div>
          ${tags(properties["inlet_tags"])}
        </div>
        <div class="right">
          ${emails === 0 ? "no emails" : emails === 1 ? "1 email" : `${emails} emails`}<br />${when(latest(store, object))}
        </div></a
      >
    </li>`;
  });
  const lead = all.length > LISTED ? `${all.length} in all, the ${LISTED} latest are shown.` : "The latest first.";
  return html`<h1>${heading(kind)}</h1>
    <p class="lead">${lead}</p>
    ${
      rows.length === 0
        ? html`<div class="card empty">None yet.</div>`
        : html`<ul class="rows card">
            ${rows}
          </ul>`
    }`;
}

function latest(store: CrmStore, object: StoredObject): number {
  const emails = store.associated(object, "emails").map(({ toId }) => store.find("emails", toId)?.createdAt ?? 0);
  return Math.max(object.updatedAt, ...emails);
}

function record(store: CrmStore, object: StoredObject, kind: Kind): Html {
  const title = getTitle(object);
  const facts = SHOWN[kind].flatMap((name) => {
    const value = object.properties[name] ?? "";
    return value === "" || value === title
      ? []
      : [
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
        ];
  });
  const others = (["contacts", "deals", "companies"] as const).map((type) => related(store, object, type));
  return html`<div class="record">
    <div class="side">
      <section class="card">
        <div class="who">
          ${face(title)}
          <div>
            <h1>${title}</h1>
            <div class="soft">${kind === "companies" ? "company" : kind.slice(0, -1)} ${object.id}</div>
          </div>
        </div>
        <dl>
          ${facts}
          <div>
            <dt>created</dt>
            <dd>${when(object.createdAt)}</dd>
          </div>
        </dl>
        ${tags(object.properties["inlet_tags"])}
      </section>
      ${others}
    </div>
    <section>
      <h2>Timeline</h2>
      ${timeline(store, object)}
    </section>
  </div>`;
}

function files(store: CrmStore): Html {
  const all = store.files().toSorted((a, b) => b.createdAt - a.createdAt);
  const rows = all.slice(0, LISTED).map(
    (file) =>
      html`<li>
        <a href="/files-content/${file.id}"
          ><div class="face" aria-hidden="true">${file.extension.slice(0, 4) || "–"}</div>
          <div>
            <div class="name">${fileName(file)}</div>
            <div class="soft">${file.folder}</div>
          </div>
          <div class="right">${size(file.size)}<br />${when(file.createdAt)}</div></a
        >
      </li>`,
  );
  return html`<h1>Files</h1>
    <p class="lead">Private files of the account.</p>
    ${
      rows.length === 0
        ? html`<div class="card empty">None yet.</div>`
        : html`<ul class="rows card">
            ${rows}
          </ul>`
    }`;
}
