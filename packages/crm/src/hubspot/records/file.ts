import { operation, type FileRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { HubSpotContext } from "../context.ts";
import { findFile, uploadFile } from "../calls/files.ts";
import { locate } from "../calls/where-is.ts";

/** At a path that follows from its key; it is tied by the activity that names it. */
export function fileRecords({ client, options }: HubSpotContext): FileRecords {
  const { tenant } = options;
  return {
    settle: settling("consistent-lookup", "file", options),
    write: operation((input, call) => uploadFile(client, tenant, input, call)),
    lookup: operation(({ key, filename }, call) => findFile(client, tenant, key, filename, call)),
    locate: locate(client, "file"),
  };
}
