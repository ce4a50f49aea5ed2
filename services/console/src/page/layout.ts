import { Html, html } from "@inlet/html";
import { listGrantedTenants } from "@inlet/domain";
import type { Viewer } from "../screen.ts";

export interface MenuItem {
  readonly path: string;
  readonly title: string;
}

export interface PageParts {
  readonly title: string;
  readonly menu: readonly MenuItem[];
  /** Path of the menu's item that the page belongs to. */
  readonly current: string;
  readonly viewer: Viewer;
  readonly body: Html;
  /** The same by the command line; null where it has none. */
  readonly command: string | null;
  /** The same as JSON; null where it has none. */
  readonly apiPath: string | null;
  readonly search: string;
}

export function page(parts: PageParts): string {
  const { viewer } = parts;
  const items = parts.menu.map(
    ({ path, title }) =>
      html`<li>
        <a href="${path}" ${path.split("?", 1)[0] === parts.current ? new Html('aria-current="page"') : null}
          >${title}</a
        >
      </li>`,
  );
  const tenants = listGrantedTenants(viewer.grants);
  return document(
    parts.title,
    html`<a class="skip" href="#main">To the content</a>
      <header>
        <a class="brand" href="/">Inlet</a>
        <form role="search" action="/search">
          <input
            type="search"
            name="q"
            value="${parts.search}"
            aria-label="Search by any id, address or subject"
            placeholder="Any id, address, subject, CRM link"
          />
          <button>Search</button>
        </form>
        <form method="post" action="/sign-out">
          <span>${viewer.actor}${tenants === null ? null : html`, ${tenants.join(", ")}`}</span>
          <button>Sign out</button>
        </form>
        <nav aria-label="Pages">
          <ul>
            ${items}
          </ul>
        </nav>
      </header>
      <main id="main">${parts.body}</main>
      <footer>
        ${parts.command === null ? null : html`<p>By hand: <code>${parts.command}</code></p>`}
        ${parts.apiPath === null ? null : html`<p><a href="${parts.apiPath}">This page as JSON</a></p>`}
      </footer>`,
  );
}

export function pageWithoutMenu(title: string, body: Html): string {
  return document(
    title,
    html`<header><a class="brand" href="/">Inlet</a></header>
      <main id="main">${body}</main>`,
  );
}

function document(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${title} · Inlet</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script src="/app.js" defer></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`.text;
}
