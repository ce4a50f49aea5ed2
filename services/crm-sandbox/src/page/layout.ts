import type { CrmStore } from "../store/crm-store.ts";
import type { StoredFile, StoredObject } from "../store/stored.ts";
import { html, Html } from "@inlet/html";
import { STYLE } from "./style.ts";

export type Section = "contacts" | "deals" | "companies" | "files";

const SECTIONS: readonly { readonly section: Section; readonly href: string; readonly label: string }[] = [
  { section: "contacts", href: "/", label: "Contacts" },
  { section: "deals", href: "/deals", label: "Deals" },
  { section: "companies", href: "/companies", label: "Companies" },
  { section: "files", href: "/files", label: "Files" },
];

export function page(store: CrmStore, title: string, section: Section, body: Html): string {
  const count = (of: Section): number => (of === "files" ? store.files() : store.all(of)).length;
  const links = SECTIONS.map(
    ({ section: of, href, label }) =>
      html`<a href="${href}" ${of === section ? new Html(' aria-current="page"') : null}
        >${label}<b>${count(of)}</b></a
      >`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${title} · Sandbox CRM</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <div>
            <a class="brand" href="/">Sandbox CRM</a>
            <nav>${links}</nav>
          </div>
        </header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

export function contactName({ properties, id }: StoredObject): string {
  const name = [properties["firstname"], properties["lastname"]].filter(Boolean).join(" ");
  return name === "" ? (properties["email"] ?? `Contact ${id}`) : name;
}

/** Two letters for the round picture. */
export function face(name: string): Html {
  const words = name.split(/[\s@.]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 && !name.includes("@") ? words.at(-1) : undefined];
  const initials = letters.map((word) => /^./u.exec(word ?? "")?.[0] ?? "").join("");
  return html`<div class="face" aria-hidden="true">${initials === "" ? "?" : initials.toUpperCase()}</div>`;
}

export function when(time: number): Html {
  const iso = new Date(time).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function fileName({ name, extension }: StoredFile): string {
  return extension === "" ? name : `${name}.${extension}`;
}
