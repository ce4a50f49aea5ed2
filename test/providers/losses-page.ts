import { table } from "../docs/markdown-table.ts";
import { SOURCES, SET } from "./losses.ts";
import type { Loss } from "./losses.ts";

/** docs/reference/provider-losses.md as it should stand. */
export function lossesPage(found: ReadonlyMap<string, readonly Loss[]>): string {
  return [
    "# What providers' forms lose",
    "",
    `The same ${SET.length} emails of \`test/emails\`, encoded as each provider would post them and read again, against the raw mail. Prefer the`,
    "raw form wherever a provider offers one. A field that is not listed is equal.",
    "",
    ...table(
      ["source", "fields that differ", "in"],
      SOURCES.flatMap(({ title }) => {
        const rows = buildRows(found.get(title) ?? []);
        return rows.length === 0
          ? [[title, "none", ""]]
          : rows.map(([fields, emails], index) => [index === 0 ? title : "", fields, emails]);
      }),
    ),
    "",
    "The reasons: a part that a provider decodes under a wrong charset cannot be decoded again; a delivery report inside a bounce, or an",
    "invitation without a name, is no file to its parser; Postmark adds Return-Path to the header.",
    "",
    "Made from `test/providers/losses.ts` by `npm run docs`; edit it there.",
    "",
  ].join("\n");
}

/** Fields that differ in the same emails share a row. */
function buildRows(losses: readonly Loss[]): [fields: string, emails: string][] {
  const emailsByField = new Map<string, string[]>();
  for (const { field, email } of losses) emailsByField.set(field, [...(emailsByField.get(field) ?? []), email]);
  const fieldsByEmails = new Map<string, string[]>();
  for (const [field, emails] of emailsByField) {
    const where = emails.length === SET.length ? "every email" : emails.map((email) => `\`${email}\``).join(", ");
    fieldsByEmails.set(where, [...(fieldsByEmails.get(where) ?? []), field]);
  }
  return [...fieldsByEmails].map(([emails, fields]) => [fields.join(", "), emails]);
}
