import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { basicAuthField, reference } from "../settings.ts";
import type { FieldFault, KindSettings, SourceFile, SourceSettings } from "../settings.ts";

export interface SendgridSettings extends SourceSettings {
  /** SPKI in DER, base64. Empty: its posts are not signed. */
  readonly publicKeys: readonly string[];
}

type SendgridFile = SourceFile & { readonly publicKeys?: readonly string[] };

export const settings: KindSettings<SendgridSettings> = {
  fields: {
    basicAuth: basicAuthField,
    publicKeys: z
      .array(z.union([reference, z.string().regex(/^[A-Za-z0-9+/]{40,400}={0,2}$/, "is not a public key in base64")]))
      .min(1, "is empty, so that every request would be refused")
      .max(8, "has more than 8 entries")
      .optional()
      .meta({
        description: "public keys of the security policy, as SendGrid shows them (base64), or references",
      }),
  },
  secrets: { instead: "publicKeys and basicAuth say who may post" },
  faults: ({ publicKeys, basicAuth }: SendgridFile): FieldFault[] =>
    publicKeys === undefined && basicAuth === undefined
      ? [
          {
            field: "publicKeys",
            problem: "is missing, and so is basicAuth: anybody could post",
            remedy: "Give the public key of SendGrid's security policy, or basicAuth, or both",
          },
        ]
      : [],
  read: ({ publicKeys }: SendgridFile, { resolved, fault }) => ({
    publicKeys: (publicKeys ?? []).map((key, index) => {
      const field = `publicKeys.${index}`;
      const text = /^(env|file):/.test(key) ? resolved(field, key) : key;
      if (text !== undefined && !isPublicKey(text)) {
        fault(
          field,
          "is not a public key (SPKI, DER in base64)",
          "Copy it from SendGrid's security policy, without PEM lines",
        );
      }
      return text ?? "";
    }),
  }),
};

function isPublicKey(text: string): boolean {
  try {
    return (
      createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" }).asymmetricKeyType === "ec"
    );
  } catch {
    return false;
  }
}
