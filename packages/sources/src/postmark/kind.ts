import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import { verification } from "./verify.ts";

/** Postmark's inbound webhook (postmarkapp.com/developer/webhooks/inbound-webhook): JSON without a signature, so basic authentication in the URL. */
export const postmark: SourceKind = {
  name: "postmark",
  facts,
  settings,
  verification: verification,
  parse: async (body, _contentType, options) => (await import("./parse.ts")).parsePostmark(body, options),
  encoder: {
    encode: async (sending) => {
      const { encodePostmark, toPosting } = await import("./encode.ts");
      return encodePostmark(await toPosting(sending), { credential: sending.secret, rawEmail: sending.rawForm });
    },
  },
};
