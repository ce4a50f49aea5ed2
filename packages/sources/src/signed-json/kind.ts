import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import { encodeSignedJson } from "./encode.ts";
import { verification } from "./verify.ts";

/** JSON of our own definition (docs/reference/signed-json.schema.json) under the signed header pair. Named by its `eventId`, else by the email. */
export const signedJson: SourceKind = {
  name: "signed-json",
  facts,
  settings,
  verification: verification,
  parse: async (body, _contentType, options) => (await import("./parse.ts")).parseJson(body, options),
  encoder: { encode: encodeSignedJson },
};
