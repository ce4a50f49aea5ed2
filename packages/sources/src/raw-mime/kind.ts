import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import { encodeRawMime } from "./encode.ts";
import { verification } from "./verify.ts";

/** The email itself under the signed header pair. */
export const rawMime: SourceKind = {
  name: "raw-mime",
  facts,
  settings,
  verification: verification,
  parse: async (body, _contentType, options) => (await import("./parse.ts")).parseRaw(body, options),
  encoder: { encode: encodeRawMime },
};
