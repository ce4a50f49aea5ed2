import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";

/** Mail as it is spoken between servers: the gateway's listeners take it (docs/guides/smtp.md). */
export const smtp: SourceKind = {
  name: "smtp",
  facts,
  settings,
  verification: null,
  parse: async (body, _contentType, options) => (await import("./parse.ts")).parseRaw(body, options),
  encoder: null,
};
