import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import { encodeStandardWebhook } from "./encode.ts";
import { verification } from "./verify.ts";

/** The same JSON under Standard Webhooks. Named by the signed `webhook-id`, which stays the same over retries. */
export const standardWebhooks: SourceKind = {
  name: "standard-webhooks",
  facts,
  settings,
  verification: verification,
  parse: async (body, _contentType, options) => (await import("./parse.ts")).parseJson(body, options),
  encoder: { encode: encodeStandardWebhook },
};
