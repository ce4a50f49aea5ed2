import { initBlobStore } from "@inlet/blob-store";
import { readEnvironment, type RawEnvironment } from "@inlet/config";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment } from "../context.ts";
import { mayHoldBlobs, noteBlobStore } from "../note-blob-store.ts";

/** `inlet blobs init`: the blob store's marker. `inlet up` does the same; deployments run it once, before the services start. */
export function registerBlobs(program: Command, context: CliContext): void {
  const blobs = program.command("blobs").description("where large bodies and attachments lie (BLOB_STORE_URL)");

  blobs
    .command("init")
    .description(
      "mark the folder or bucket as Inlet's blob store; without its marker, as on a volume that is not mounted, no service writes or reads there. Running it again changes nothing.",
    )
    .option(
      "--if-new",
      "mark it only where the ledger knows of no blobs there; else exit 1, since a store that was there is missing",
    )
    .option("--json", "print JSON: the marker's place, and whether it was made")
    .action(async (options: { json?: boolean; ifNew?: boolean }) => {
      const env = operatorEnvironment(context);
      const { blobStoreUrl } = readEnvironment(env, ["blobs"]);
      const done = await initBlobStore(
        blobStoreUrl,
        options.ifNew === true ? { may: async (place) => !(await askLedger(env, place)) } : {},
      );
      const moved = await movedFrom(env, done.marker);
      if (moved !== null) context.err(moved);
      if (options.json === true) context.out(JSON.stringify(done, null, 2));
      else if (done.made) context.out(`made ${done.marker}`);
      else context.err(`nothing to do: ${done.marker} is there`);
    });
}

async function askLedger(env: RawEnvironment, place: string): Promise<boolean> {
  return mayHoldBlobs(readEnvironment(env, ["database"]).databaseUrl, place);
}

/** What the ledger, where one is named, says of other places; that it cannot be asked is no reason to leave the store unmarked. */
async function movedFrom(env: RawEnvironment, place: string): Promise<string | null> {
  if (!env["DATABASE_URL"] && !env["DATABASE_URL_FILE"]) return null;
  try {
    return await noteBlobStore(readEnvironment(env, ["database"]).databaseUrl, place);
  } catch (error) {
    return `the ledger could not be asked whether blobs lie elsewhere: ${(error as Error).message}`;
  }
}
