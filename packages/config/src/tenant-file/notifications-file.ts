import { secretReference, secretReferences } from "@inlet/settings";
import { z } from "zod";
import { entryName } from "./names-file.ts";

/** Where a rule's `notify` is sent (`notices:`) as written: a signed Standard Webhook. */
export const notificationsFile = z
  .record(
    entryName,
    z.strictObject({
      url: z
        .union([secretReference, z.string().regex(/^https?:\/\/[^\s@]+$/)], {
          error: () => "is neither a URL without credentials nor a reference",
        })
        .meta({
          description:
            "an https URL (http to this machine alone), or env:NAME or file:PATH, where a URL that is a secret belongs",
        }),
      secret: secretReferences.meta({
        description:
          "whsec_ and the base64 of 24 to 64 bytes, by env:NAME or file:PATH; while you rotate a list, the newest first: each signs",
      }),
    }),
  )
  .default({});

export type NotificationsFile = z.output<typeof notificationsFile>;
