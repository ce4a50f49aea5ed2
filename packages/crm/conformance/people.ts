import assert from "node:assert/strict";
import type { Crm, ReferredRecordName, RecordName } from "../src/port.ts";

type Named = ReferredRecordName | "activity";

/** What people and administrators do in the CRM, where this one knows such a thing. */
export interface People {
  /** Makes `from` part of `into`. */
  readonly merge: (effect: "contact" | "company" | "deal", into: string, from: string) => Promise<void>;
  /** Puts away what is still there, and takes it out again. */
  readonly archive: (effect: "contact" | "company" | "deal" | "task", recordId: string) => Promise<void>;
  readonly restore: (effect: "contact" | "company" | "deal", recordId: string) => Promise<void>;
  /** Ends a deal, as the page of the CRM does it. */
  readonly close: (dealId: string, how: "won" | "lost") => Promise<void>;
  /** Of an activity it is the subject. */
  readonly rename: (effect: Named, recordId: string, name: string) => Promise<void>;
  readonly getName: (effect: Named, recordId: string) => Promise<string>;
  /** Takes away the stage in which the adapter's new deals begin; answers the adapter that is told to begin there. */
  readonly removeStage: () => Promise<Crm>;
  readonly removePipeline: () => Promise<Crm>;
  /** Calls a stage, or a pipeline, otherwise; answers the adapter that was told to begin there, by its id. */
  readonly renameStage: () => Promise<Crm>;
  readonly renamePipeline: () => Promise<Crm>;
  /** Takes Inlet's own fields away. */
  readonly removeFields: () => Promise<void>;
  /** The account wants a field of deals that Inlet does not fill; answers its name, and how that ends. */
  readonly requireField: () => Promise<{ readonly name: string; readonly end: () => Promise<void> }>;
  /** The owner of a deal leaves, and is deleted, or is only put away. */
  readonly removeOwner: (dealId: string) => Promise<void>;
  readonly archiveOwner: (dealId: string) => Promise<void>;
  /** Takes from Inlet's user the right to write such records; answers how it is given back. */
  readonly forbid: (effect: RecordName) => Promise<() => Promise<void>>;
}

/** A cell of the table, such as `deal merged`. */
export type Cell = string;

/** What a CRM has no such thing of, by the kind of its adapter, and why: a cell that is not here must be tried, and one that is must not be possible. */
export const LACKS: Readonly<Record<"HubSpot" | "Odoo" | "HTTP", Readonly<Record<Cell, string>>>> = {
  HubSpot: {
    ...every("archived", ["contact", "company", "deal", "task"], "its bin is what other CRMs call deleting"),
    "owner archived": "a deactivated user is no owner any more: as deleted",
  },
  Odoo: {
    "field deleted": "Inlet has no fields of its own there",
    "owner deleted": "users are archived, not deleted",
  },
  HTTP: {
    ...every("archived", ["contact", "company", "deal", "task"], "what an API puts away it answers for itself"),
    ...every("restored", ["contact", "company", "deal"], "what an API puts away it answers for itself"),
    ...every("renamed", ["stage", "pipeline"], "the file names them as the API does"),
    "pipeline deleted": "refused as a stage is",
    "field deleted": "Inlet has no fields of its own there",
    "owner deleted": "tasks are whose the API makes them",
    "owner archived": "tasks are whose the API makes them",
  },
};

function every(change: string, records: readonly string[], why: string): Record<Cell, string> {
  return Object.fromEntries(records.map((record) => [`${record} ${change}`, why]));
}

/** This CRM's people cannot do it. */
export class Lacking extends Error {
  override readonly name = "Lacking";
}

/** What the case needs people to do. Throws {@link Lacking}. */
export function wanted<Act extends keyof People>(people: Partial<People> | undefined, act: Act): People[Act] {
  const can = people?.[act];
  if (can === undefined) throw new Lacking(`no one can ${act} there`);
  return can;
}

/** Runs the case, or makes sure that it cannot be run for the reason that is given: no cell passes without a look. */
export async function runCell(
  cell: Cell,
  lacks: Readonly<Record<Cell, string>>,
  run: () => Promise<void>,
): Promise<void> {
  const why = lacks[cell];
  if (why === undefined) return run();
  await assert.rejects(run, { name: "Lacking" }, `"${cell}" is said to be lacking (${why}), and is not`);
}
