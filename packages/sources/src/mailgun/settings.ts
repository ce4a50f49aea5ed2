import { milliseconds } from "@inlet/settings";
import { z } from "zod";
import { basicAuthField } from "../settings.ts";
import type { KindSettings, SourceFile, SourceSettings } from "../settings.ts";

export interface MailgunSettings extends SourceSettings {
  /** Oldest signature that is taken, ms. */
  readonly signatureWindowMs: number;
}

/** Mailgun retries for 8 hours, and whether a retry is signed anew is not documented. */
const WINDOW_MS = 9 * 3_600_000;

export const settings: KindSettings<MailgunSettings> = {
  fields: {
    basicAuth: basicAuthField,
    signatureWindow: z
      .string()
      .regex(/^[1-9]\d{0,8}(ms|s|m|h|d)$/, "is not a duration")
      .optional()
      .meta({
        description:
          "oldest signature that is taken, such as 9h: Mailgun may repeat one over its 8 hours of retries, so a shorter window can refuse email",
      }),
  },
  secrets: {
    what: "the HTTP webhook signing key",
    // As its dashboard shows it: only what cannot be one is refused.
    fault: (secret) =>
      secret.length >= 8
        ? undefined
        : {
            problem: "is shorter than 8 characters",
            remedy: "Copy the HTTP webhook signing key from Mailgun's dashboard",
          },
  },
  read: ({ signatureWindow }: SourceFile & { readonly signatureWindow?: string }) => ({
    signatureWindowMs: signatureWindow === undefined ? WINDOW_MS : milliseconds(signatureWindow),
  }),
};
