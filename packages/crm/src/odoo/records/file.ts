import { operation, type FileRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { OdooContext } from "../context.ts";
import { findFile, uploadFile } from "../files.ts";
import { locate } from "../where-is.ts";

export function fileRecords({ client, options }: OdooContext): FileRecords {
  return {
    settle: settling("upsert-by-key", "file", options),
    write: operation((input, call) => uploadFile(client, input, call)),
    lookup: operation(({ key }, call) => findFile(client, key, call)),
    locate: locate(client, "file"),
    // The file, its base64, that in JSON, and the JSON's bytes.
    copies: 6,
  };
}
