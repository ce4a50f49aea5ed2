/** Senders of every kind, for tests: what they post. */
export { encodeCloudmailin } from "../src/cloudmailin/encode.ts";
export { encodeMailgun } from "../src/mailgun/encode.ts";
export { encodePostmark } from "../src/postmark/encode.ts";
export type { Posting } from "../src/posting.ts";
export { encodeSendgrid } from "../src/sendgrid/encode.ts";
export { encodeSes, signSns } from "../src/ses/encode.ts";
export { headerPair, standardWebhook } from "../src/signatures/sign.ts";
