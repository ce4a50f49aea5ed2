import type { BlobStore } from "@inlet/blob-store";
import type { Tenants } from "@inlet/config";
import type { Ledger, ReferencedRecords } from "@inlet/ledger";
import type { Log } from "@inlet/telemetry";

/** What deleting works with. */
export interface LifecycleDeps {
  readonly ledger: Pick<Ledger, "erasures" | "lifecycle">;
  readonly blobs: BlobStore;
  readonly tenants: Pick<Tenants, "all">;
  readonly records: ReferencedRecords;
  readonly log: Log;
  /** Unique to this process: the holder of a sweep. */
  readonly instance: string;
  /** Epoch ms. */
  readonly now: () => number;
}
