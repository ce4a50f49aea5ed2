import type { SourceKind } from "../kind.ts";
import { facts } from "./facts.ts";
import { settings } from "./settings.ts";
import type { SesSettings } from "./settings.ts";
import { verification } from "./verify.ts";

/** Amazon SES receiving through an SNS topic (docs.aws.amazon.com/ses: receiving-email-notifications). */
export const ses: SourceKind<SesSettings> = {
  name: "ses",
  facts,
  settings,
  verification: verification,
  parse: async (body, _contentType, options) => (await import("./parse.ts")).parseSes(body, options),
  encoder: {
    sampleKey: "sns-signing-key.pem",
    needsKey: () => true,
    encode: async (sending, source) => {
      const { encodeSes, toPosting } = await import("./encode.ts");
      const topicArn = source?.topicArns[0] ?? "";
      return encodeSes(await toPosting(sending), { topicArn, privateKey: sending.privateKey ?? "" });
    },
  },
  storage: ({ s3 }) => s3,
};
