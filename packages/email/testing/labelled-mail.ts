/** A compact message of test/emails/labelled with what it is. */
export interface LabelledMail {
  readonly label: string;
  readonly title: string;
  /** Kept apart: no rule was written or changed for it. */
  readonly held: boolean;
  readonly message: string;
}

export interface Judged extends LabelledMail {
  readonly found: string;
}

/** Messages of one file, each after a line `===== title`; `* ` before the title marks one that is held out. */
export function readLabelled(label: string, text: string): LabelledMail[] {
  return text
    .split(/^===== /m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf("\n");
      const title = block.slice(0, end);
      return { label, title: title.replace(/^\* /, ""), held: title.startsWith("* "), message: block.slice(end + 1) };
    });
}

export interface Measured {
  readonly label: string;
  readonly count: number;
  readonly precision: number;
  readonly recall: number;
}

/** Precision and recall of each label. */
export function measure(judged: readonly Judged[]): Measured[] {
  return [...new Set(judged.map(({ label }) => label))].map((label) => {
    const count = judged.filter((mail) => mail.label === label).length;
    const found = judged.filter((mail) => mail.found === label);
    const right = found.filter((mail) => mail.label === label).length;
    return { label, count, precision: ratio(right, found.length), recall: ratio(right, count) };
  });
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 100) / 100;
}

/** The figures as the README shows them: of all mails, and of those that were held out. */
export function classificationTable(judged: readonly Judged[]): string[] {
  const held = new Map(measure(judged.filter((mail) => mail.held)).map((row) => [row.label, row]));
  const rows = measure(judged).map(({ label, count, precision, recall }) => {
    const apart = held.get(label);
    const cells = [`\`${label}\``, String(count), precision.toFixed(2), recall.toFixed(2)];
    return [
      ...cells,
      apart === undefined ? "" : String(apart.count),
      apart === undefined ? "" : apart.recall.toFixed(2),
    ];
  });
  const head = ["kind", "mails", "precision", "recall", "held out", "recall of those"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}
