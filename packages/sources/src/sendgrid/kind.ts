import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import type { SendgridSettings } from "./settings.ts";
import { verification } from "./verify.ts";

/** SendGrid's Inbound Parse (twilio.com/docs/sendgrid): a multipart form, parsed or with the raw mail in `email`. */
export const sendgrid: SourceKind<SendgridSettings> = {
  name: "sendgrid",
  facts,
  settings,
  verification: verification,
  parse: async (body, contentType, options) => (await import("./parse.ts")).parseSendgrid(body, contentType, options),
  encoder: {
    sampleKey: "sendgrid-signing-key.pem",
    needsKey: (source) => (source?.publicKeys.length ?? 0) > 0,
    encode: async (sending) => {
      const { encodeSendgrid, toPosting } = await import("./encode.ts");
      return encodeSendgrid(await toPosting(sending), {
        basic: sending.secret === "" ? null : sending.secret,
        privateKey: sending.privateKey,
        raw: sending.rawForm,
      });
    },
  },
};
