import { parseMime } from "@inlet/email";
import type { SourceKind, SourceSettings } from "@inlet/sources";
import { z } from "zod";

export interface ToySettings extends SourceSettings {
  readonly greeting: string;
}

/** The smallest way in: the email behind a greeting, the secret in a header. Its five files are one here. */
export const toy: SourceKind<ToySettings> = {
  name: "toy",
  facts: { mediaTypes: ["text/toy"], answers: { accepted: 299, later: null, never: null }, largestBody: 1000 },
  settings: {
    fields: { greeting: z.string().optional().meta({ description: "what a post begins with" }) },
    secrets: { fault: () => undefined },
    read: (file) => ({ greeting: (file as { greeting?: string }).greeting ?? "" }),
  },
  verification: {
    checkHeaders: () => null,
    verify: async ({ headers, body }, { secrets, greeting }) =>
      secrets.reveal().includes(String(headers["x-toy"])) && body.subarray(0, greeting.length).toString() === greeting
        ? {
            kind: "delivery",
            delivery: {
              key: "d1",
              deliveryId: "d1",
              senderEventId: null,
              senderReceivedAt: null,
              envelope: null,
            },
          }
        : { kind: "unverified", why: "mismatch" },
  },
  parse: async (body) => {
    const text = Buffer.from(body);
    const parsed = await parseMime(text.subarray(text.indexOf("From:")));
    return parsed.ok ? { kind: "email", email: parsed.email } : { kind: "fault", fault: parsed.fault };
  },
  encoder: {
    encode: async ({ mime, secret }, source) => ({
      headers: { "content-type": "text/toy", "x-toy": secret },
      body: Buffer.concat([Buffer.from(source?.greeting ?? ""), mime]),
    }),
  },
};
