import { isAllowed } from "@inlet/domain";
import { Html, html } from "@inlet/html";
import type { SavedView } from "@inlet/ledger";
import { action, idempotencyKey, link } from "../page/parts.ts";
import type { Viewer } from "../screen.ts";

/** Saved views as links, and below them the form that saves the filter shown; each is deleted by who may. */
export function renderViews(
  views: readonly SavedView[],
  filter: Readonly<Record<string, string | undefined>>,
  { actor, grants }: Pick<Viewer, "actor" | "grants">,
): Html {
  const query = link("", filter).slice(1);
  const mayDelete = ({ owner, tenant }: SavedView): boolean =>
    owner === actor || isAllowed(grants, "administer", tenant);
  const links = views.map(
    (view) =>
      html`<a href="${toAddress(view)}" ${view.query === query ? new Html('aria-current="true"') : null}>${view.name}</a
        >${sayWhose(view, actor)} `,
  );
  return html`${views.length === 0 ? null : html`<p>Saved: ${links}</p>`}
    <details>
      <summary>Save this filter${views.length === 0 ? "" : ", or delete saved ones"}</summary>
      <form method="post" action="/views">
        ${idempotencyKey()}
        <input type="hidden" name="query" value="${query}" />
        <label>Name <input name="name" required maxlength="80" /></label>
        <label><input type="checkbox" name="shared" /> for all who may see the same emails</label>
        <button>Save</button>
      </form>
      ${views.filter(mayDelete).map((view) => action(`/views/${view.id}/delete`, `Delete ${view.name}`))}
    </details>`;
}

/** Where a view leads. */
export function toAddress({ query }: Pick<SavedView, "query">): string {
  return query === "" ? "/emails" : `/emails?${query}`;
}

function sayWhose({ owner, shared }: SavedView, actor: string): Html | null {
  if (owner !== actor) return html` <span class="soft">by ${owner}</span>`;
  return shared ? html` <span class="soft">shared</span>` : null;
}
