import type { Crm, ReferredRecordName } from "../src/port.ts";
import { runCell } from "./people.ts";
import { expectOk, type ConformanceCase, type ConformanceSubject } from "./subject.ts";
import { prepareWrite } from "./writes.ts";

export const CHANGED_RECORDS = [
  "contact",
  "company",
  "deal",
  "task",
  "activity",
  "file",
  "stage",
  "pipeline",
  "field",
  "owner",
] as const;
export const CHANGES = [
  "deleted",
  "merged",
  "archived",
  "restored",
  "renamed",
  "closed",
  "refused",
  "too long",
  "no right to it",
] as const;

/** A cell of what people and accounts change, what Inlet does then, and the case that shows the adapter's part of it. */
export interface ChangeCase extends ConformanceCase {
  readonly record: (typeof CHANGED_RECORDS)[number];
  readonly change: (typeof CHANGES)[number];
  /** For the guide (docs/guides/when-the-crm-changes.md). */
  readonly inlet: string;
}

export function cell(
  record: ChangeCase["record"],
  change: ChangeCase["change"],
  inlet: string,
  run: (subject: ConformanceSubject) => Promise<void>,
): ChangeCase {
  const name = `${record} ${change}`;
  return {
    record,
    change,
    inlet,
    name: `${name}: ${inlet}`,
    run: async (subject) => runCell(name, subject.lacks, async () => run(subject)),
  };
}

/** A record of this effect that is there. */
export async function writeRecord(crm: Crm, effect: ReferredRecordName | "activity") {
  const write = await prepareWrite(crm, effect);
  return { write, recordId: expectOk(await write.send()).recordId };
}
