import { batchQueries } from "../batch-queries.ts";
import type { Statements } from "../statements.ts";
import { askErasure, getErasure, listErasures, type Erasure, type ErasureRequest } from "./ask-erasure.ts";
import { listErasedRecords, previewErasure, type ErasedRecord, type ErasurePreview } from "./preview-erasure.ts";
import { workOnErasure, type ErasureRound } from "./work-on-erasure.ts";
import { wereErased, type ErasureQuestion } from "./was-erased.ts";

/** People whose mail is erased, and what is left to do of it. */
export type Erasures = ReturnType<typeof erasuresOn>;

export function erasuresOn({ database, people }: Statements) {
  return {
    /** Whether an email is one of a person who was erased after it was accepted. */
    wasErased: batchQueries<ErasureQuestion, boolean>(async (questions) => wereErased(database, people, questions)),
    ask: async (request: ErasureRequest): Promise<Erasure> => askErasure(database, people, request),
    /** One round of the oldest that is not done. */
    work: async (): Promise<ErasureRound | null> => workOnErasure(database),
    /** What it would take; nothing is done. */
    preview: async (of: Parameters<typeof previewErasure>[2]): Promise<ErasurePreview> =>
      previewErasure(database, people, of),
    records: async (id: string): Promise<ErasedRecord[]> => listErasedRecords(database, id),
    get: async (id: string): Promise<Erasure | null> => getErasure(database, id),
    list: async (filter: Parameters<typeof listErasures>[1]): Promise<Erasure[]> => listErasures(database, filter),
  };
}
