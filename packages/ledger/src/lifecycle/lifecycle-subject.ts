import { batchQueries } from "../batch-queries.ts";
import type { Statements } from "../statements.ts";
import { deleteDueBlob, noteBlobUses, type BlobUse, type DueBlob } from "./blob-uses.ts";
import {
  addLegalHold,
  countCopies,
  findRecordsToCopy,
  listLegalHolds,
  noteCopy,
  releaseLegalHold,
  type LegalHold,
  type LegalHoldRequest,
  type RecordToCopy,
} from "./legal-holds.ts";
import {
  findOldestDelivery,
  sweepBlobs,
  sweepDeliveries,
  sweepOperation,
  sweepSentMessages,
  type SweptBatch,
  type SweptCounts,
  type TenantRetention,
} from "./sweep.ts";
import { askSweep, readSweep, reportSweep, takeSweep, type SweepState } from "./sweep-lease.ts";

/** How long things are kept, which emails need which blobs, and what a legal hold keeps. */
export type Lifecycle = ReturnType<typeof lifecycleOn>;

export function lifecycleOn({ database, people }: Statements) {
  return {
    /** Told before a blob is put or read, so that it stays as long as the email needs it. */
    noteBlobUse: batchQueries<BlobUse, null>(async (uses) => {
      await noteBlobUses(database, uses);
      return uses.map(() => null);
    }),
    deleteDueBlob: async (remove: (blob: DueBlob) => Promise<void>): Promise<"deleted" | "kept" | null> =>
      deleteDueBlob(database, remove),

    addHold: async (request: LegalHoldRequest): Promise<LegalHold> => addLegalHold(database, people, request),
    releaseHold: async (id: string, actor: string): Promise<LegalHold | null> => releaseLegalHold(database, id, actor),
    listHolds: async (filter?: Parameters<typeof listLegalHolds>[1]): Promise<LegalHold[]> =>
      listLegalHolds(database, filter),
    findRecordsToCopy: async (from: Parameters<typeof findRecordsToCopy>[1]): Promise<RecordToCopy[]> =>
      findRecordsToCopy(database, from),
    noteCopy: async (copy: Parameters<typeof noteCopy>[1]): Promise<void> => noteCopy(database, copy),
    countCopies: async (tenant: string): Promise<number> => countCopies(database, tenant),

    sweepDeliveries: async (
      policies: readonly TenantRetention[],
      page: Parameters<typeof sweepDeliveries>[2],
    ): Promise<SweptBatch> => sweepDeliveries(database, policies, page),
    sweepSentMessages: async (
      policies: readonly TenantRetention[],
      page: Parameters<typeof sweepSentMessages>[2],
    ): Promise<number> => sweepSentMessages(database, policies, page),
    sweepBlobs: async (policies: readonly TenantRetention[], page: Parameters<typeof sweepBlobs>[2]): Promise<number> =>
      sweepBlobs(database, policies, page),
    sweepOperation: async (page: Parameters<typeof sweepOperation>[1]): Promise<SweptCounts> =>
      sweepOperation(database, page),
    oldestDelivery: async (): Promise<number | null> => findOldestDelivery(database),

    take: async (take: Parameters<typeof takeSweep>[1]): Promise<SweepState | null> => takeSweep(database, take),
    report: async (
      held: Parameters<typeof reportSweep>[1],
      progress: Parameters<typeof reportSweep>[2],
    ): Promise<boolean> => reportSweep(database, held, progress),
    read: async (name: string): Promise<SweepState | null> => readSweep(database, name),
    ask: async (name: string): Promise<void> => askSweep(database, name),
  };
}
