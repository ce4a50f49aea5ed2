import type { Database } from "./database.ts";

/**
 * Remembers where blobs lie from now on. Answers the places that were in use before, the newest first, when this one is new; none when it is
 * known, so that no one is told twice.
 * @param place a path or an s3:// address, without credentials
 */
export async function noteBlobStore(database: Database, place: string): Promise<string[]> {
  return database.transaction(async (query) => {
    const noted = await query("insert into blob_stores (place) values ($1) on conflict do nothing returning place", [
      place,
    ]);
    if (noted.length === 0) return [];
    const before = await query<{ place: string }>(
      "select place from blob_stores where place <> $1 order by since desc, place",
      [place],
    );
    return before.map((row) => row.place);
  });
}

/**
 * Whether blobs may lie at this place already: it was noted, or there are emails from before places were. What lies there is not there to be
 * made anew.
 */
export async function mayHoldBlobs(database: Database, place: string): Promise<boolean> {
  const [row] = await database.query<{ known: boolean }>(
    `select exists (select from blob_stores where place = $1)
         or (not exists (select from blob_stores) and exists (select from deliveries)) as known`,
    [place],
  );
  return row?.known === true;
}
