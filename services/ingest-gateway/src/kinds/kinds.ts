import type { SourceKind } from "@inlet/schemas";
import type { Kind } from "./kind.ts";
import { rawMime } from "./raw-mime.ts";
import { signedJson } from "./signed-json.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** Every kind that this gateway serves. A new provider is a file beside this one and a line here. */
export const KINDS: Partial<Record<SourceKind, Kind>> = {
  "signed-json": signedJson,
  "standard-webhooks": standardWebhooks,
  "raw-mime": rawMime,
};
