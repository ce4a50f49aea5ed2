import { PROVIDERS } from "@inlet/sources";
import type { SourceKind } from "@inlet/schemas";
import type { Kind } from "./kind.ts";
import { providerKind } from "./provider-kind.ts";
import { rawMime } from "./raw-mime.ts";
import { signedJson } from "./signed-json.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** Every kind that this gateway serves by HTTP. */
export const KINDS: Partial<Record<SourceKind, Kind>> = {
  "signed-json": signedJson,
  "standard-webhooks": standardWebhooks,
  "raw-mime": rawMime,
  ...Object.fromEntries(Object.values(PROVIDERS).map((provider) => [provider.kind, providerKind(provider)])),
};
