import type { ListedDelivery } from "@inlet/ledger";

const COLUMNS = ["receivedAt", "endedAt", "tenant", "eventId", "source", "senderDomain", "state", "reason"] as const;

export type ExportFormat = "csv" | "json";

/** What the list shows, times in UTC. */
function toExported(row: ListedDelivery): Record<(typeof COLUMNS)[number], string | null> {
  const at = (epochMs: number | null): string | null => (epochMs === null ? null : new Date(epochMs).toISOString());
  const { tenant, eventId, source, senderDomain, state, reason } = row;
  return {
    receivedAt: at(row.receivedAt),
    endedAt: at(row.endedAt),
    tenant,
    eventId,
    source,
    senderDomain,
    state,
    reason,
  };
}

/** A text that a spreadsheet takes for no formula, whatever a sender wrote. */
export function toCell(text: string | null): string {
  const plain = /^[=+\-@\t\r]/.test(text ?? "") ? `'${text}` : (text ?? "");
  return /[",;\r\n']/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The file in pieces, as its pages come: however many there are, one page is in memory. */
export async function* formatRows(
  pages: AsyncIterable<readonly ListedDelivery[]>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === "csv") yield `${COLUMNS.join(",")}\r\n`;
  let first = true;
  for await (const page of pages) {
    const rows = page.map(toExported);
    if (format === "csv") yield rows.map((row) => `${COLUMNS.map((name) => toCell(row[name])).join(",")}\r\n`).join("");
    else yield rows.map((row, n) => `${first && n === 0 ? "[" : ","}\n${JSON.stringify(row)}`).join("");
    first &&= rows.length === 0;
  }
  if (format === "json") yield first ? "[]\n" : "\n]\n";
}
