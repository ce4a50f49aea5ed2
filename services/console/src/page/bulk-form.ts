import { html, type Html } from "@inlet/html";
import { CONFIRM_ABOVE } from "@inlet/operations";
import { formatCount, idempotencyKey } from "./parts.ts";

const ALL_TENANTS = "all tenants";

export interface BulkForm {
  /** Of the action. */
  readonly path: string;
  readonly label: string;
  /** The filter, as it was when the figures were counted; what is undefined is left out. */
  readonly fields: Readonly<Record<string, string | number | undefined>>;
  readonly emails: number;
  readonly tenants: readonly string[];
  /** Whether a reason must be given. */
  readonly why: "needed" | "optional";
}

/** A form that acts on all that match, as they were counted: never on a page of it. Pressed twice it acts once. */
export function bulkForm({ path, label, fields, emails, tenants, why }: BulkForm): Html {
  const hidden = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}" />`],
  );
  const whose = tenants.length === 1 ? (tenants[0] ?? ALL_TENANTS) : ALL_TENANTS;
  const reason =
    why === "needed"
      ? html`<label>Why <input name="why" required maxlength="500" /></label>`
      : html`<label>Why (for the list and the audit) <input name="why" maxlength="500" /></label>`;
  const confirm =
    emails > CONFIRM_ABOVE
      ? html`<label
          >These are ${formatCount(emails)} emails: type “${whose}” <input name="confirm" required autocomplete="off"
        /></label>`
      : null;
  return html`<form method="post" action="${path}" class="filter">
    ${hidden}${idempotencyKey()} ${reason} ${confirm}<label>&nbsp;<button>${label}</button></label>
  </form>`;
}
