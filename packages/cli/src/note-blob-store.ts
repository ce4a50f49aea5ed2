import { openLedger } from "@inlet/ledger";

/** The ledger remembers where blobs lie. Answers what to tell where another place is named; null where there is nothing to tell. */
export async function noteBlobStore(databaseUrl: string, place: string): Promise<string | null> {
  const ledger = openLedger({ connectionString: databaseUrl, maxConnections: 1 });
  try {
    const before = await ledger.blobs.note(place);
    return before.length === 0 ? null : movedStore(before);
  } finally {
    await ledger.close();
  }
}

/** Whether the ledger knows of blobs at this place, or may. */
export async function mayHoldBlobs(databaseUrl: string, place: string): Promise<boolean> {
  const ledger = openLedger({ connectionString: databaseUrl, maxConnections: 1 });
  try {
    return await ledger.blobs.mayHold(place);
  } finally {
    await ledger.close();
  }
}

function movedStore(before: readonly string[]): string {
  return `what Inlet stored before stays behind at ${before.join(", ")}: copy it here, keeping the names. Until then mail that still needs it (waiting,
replayed, or with links to its files) ends as blob_missing (docs/runbooks/blob-store.md)`;
}
