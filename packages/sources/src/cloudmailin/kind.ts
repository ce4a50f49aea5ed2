import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import { verification } from "./verify.ts";

/** CloudMailin (docs.cloudmailin.com: HTTP POST formats): JSON or multipart (normalised), or multipart with the raw mail, under basic authentication. */
export const cloudmailin: SourceKind = {
  name: "cloudmailin",
  facts,
  settings,
  verification: verification,
  parse: async (body, contentType, options) =>
    (await import("./parse.ts")).parseCloudmailin(body, contentType, options),
  encoder: {
    encode: async (sending) => {
      const { encodeCloudmailin, toPosting } = await import("./encode.ts");
      const format = sending.rawForm ? "raw" : "json";
      return encodeCloudmailin(await toPosting(sending), { credential: sending.secret, format });
    },
  },
};
