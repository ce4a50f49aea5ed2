import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import type { MailgunSettings } from "./settings.ts";
import { verification } from "./verify.ts";

/** Mailgun's routes (documentation.mailgun.com: receive, forward and store): a form, parsed, or with the raw mail in `body-mime`. */
export const mailgun: SourceKind<MailgunSettings> = {
  name: "mailgun",
  facts,
  settings,
  verification: verification,
  parse: async (body, contentType, options) => (await import("./parse.ts")).parseMailgun(body, contentType, options),
  encoder: {
    encode: async (sending) => {
      const { encodeMailgun, toPosting } = await import("./encode.ts");
      return encodeMailgun(await toPosting(sending), { signingKey: sending.secret, mime: sending.rawForm });
    },
  },
};
