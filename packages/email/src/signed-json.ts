import { z } from "zod";

const address = z
  .union([
    z.string().meta({ description: "A header value: one or several addresses with or without names." }),
    z.looseObject({
      name: z.string().nullish().meta({ description: "Display name." }),
      email: z.string().min(1).meta({ description: "Address, without brackets." }),
    }),
  ])
  .meta({
    description: "An address.",
    examples: ["Ada Example <ada@example.com>", { name: "Ada Example", email: "ada@example.com" }],
  });
const addresses = z.union([address, z.array(address)]);
const ids = z.union([z.string(), z.array(z.string())]);
const time = z.union([z.string(), z.number()]);
/** One search for a foreign character: an anchored pattern would go back over bodies of 40 MB. */
const FOREIGN = /[^A-Za-z0-9+/=_\s-]/;
const base64 = z.string().refine((text) => !FOREIGN.test(text), { error: "is not base64" });
/** One of these must say something; an email of none of them has no use. */
const SUBSTANCE = ["raw", "from", "subject", "text", "html", "headers"] as const;

const attachment = z
  .looseObject({
    filename: z.string().nullish().meta({ description: "File name." }),
    contentType: z.string().nullish().meta({ description: "Media type as declared." }),
    contentId: z.string().nullish().meta({ description: "Content-ID, with or without angle brackets." }),
    contentDisposition: z.string().nullish().meta({ description: "`attachment` or `inline`." }),
    size: z.int().min(0).nullish().meta({ description: "Bytes; counts only together with downloadUrl." }),
    content: base64.nullish().meta({ description: "The file, base64. Counts before downloadUrl." }),
    downloadUrl: z
      .string()
      .regex(/^https:\/\//i, "is not an https URL")
      .nullish()
      .meta({ description: "Where the file can be fetched once, https." }),
  })
  .refine((file) => file.content != null || file.downloadUrl != null, {
    error: "needs content (base64) or downloadUrl",
  });

/** The body of kinds signed-json and standard-webhooks (docs/concepts/protocol.md, section 12). Unknown properties pass. */
export const signedJson = z
  .looseObject({
    eventId: z
      .string()
      .min(1)
      .max(500)
      .nullish()
      .meta({ description: "The sender's id of this event; the same on every try." }),
    receivedAt: time
      .nullish()
      .meta({ description: "When the sender received the email: ISO 8601 or epoch milliseconds." }),
    raw: base64.nullish().meta({
      description: "The whole message (RFC 5322), base64. Where it is given, it counts and the fields below do not.",
    }),
    envelope: z
      .looseObject({
        from: z.string().nullish().meta({ description: "MAIL FROM; null for the empty sender." }),
        to: z
          .union([z.string(), z.array(z.string())])
          .nullish()
          .meta({ description: "RCPT TO." }),
      })
      .nullish()
      .meta({ description: "SMTP envelope." }),
    messageId: z.string().nullish().meta({ description: "Message-ID, with or without angle brackets." }),
    inReplyTo: ids.nullish().meta({ description: "In-Reply-To." }),
    references: ids.nullish().meta({ description: "References, oldest first: a list, or the header value." }),
    from: addresses.nullish().meta({ description: "From. Without it the email ends in the dlq as no_sender." }),
    sender: addresses.nullish().meta({ description: "Sender." }),
    replyTo: addresses.nullish().meta({ description: "Reply-To." }),
    to: addresses.nullish().meta({ description: "To." }),
    cc: addresses.nullish().meta({ description: "Cc." }),
    bcc: addresses.nullish().meta({ description: "Bcc." }),
    date: time.nullish().meta({
      description: "The Date header as sent (part of the email's identity), ISO 8601, or epoch milliseconds.",
    }),
    subject: z.string().nullish().meta({ description: "Subject, decoded." }),
    text: z.string().nullish().meta({ description: "Plain text body." }),
    html: z.string().nullish().meta({ description: "Html body as received; Inlet sanitizes it." }),
    headers: z
      .union([
        z.record(z.string(), z.union([z.string(), z.array(z.string())])),
        z.array(z.looseObject({ name: z.string().min(1), value: z.string() })),
      ])
      .nullish()
      .meta({
        description: "Header fields: an object (a list where a name repeats) or a list of {name, value} in order.",
      }),
    attachments: z.array(attachment).nullish().meta({ description: "Files." }),
  })
  .refine((email) => SUBSTANCE.some((name) => email[name] != null && email[name] !== ""), {
    error: "has no raw, from, subject, text, html or headers: send the email's fields or raw",
  })
  .meta({
    title: "Inlet signed JSON",
    description:
      "An inbound email as JSON, posted to a source of kind signed-json or standard-webhooks. Names are those of the normalized email; unknown properties pass.",
    examples: [
      {
        eventId: "evt-1",
        from: "Ada Example <ada@example.com>",
        to: ["sales@inlet.example"],
        subject: "Pricing",
        text: "What does the large plan cost?",
        date: "Mon, 02 Mar 2026 09:30:00 +0000",
        messageId: "<pricing-1.sample@mail.example.com>",
        attachments: [{ filename: "needs.txt", contentType: "text/plain", content: "MjAgc2VhdHM=" }],
      },
      { eventId: "evt-2", raw: "RnJvbTogYWRhQGV4YW1wbGUuY29tDQoNCkhpDQo=" },
    ],
  });

export type SignedJson = z.infer<typeof signedJson>;

/** The JSON Schema (draft 2020-12) that is published as docs/reference/signed-json.schema.json. */
export function signedJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(signedJson, {
    io: "input",
    target: "draft-2020-12",
    // What zod checks by a function it cannot express.
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === base64) jsonSchema.not = { pattern: FOREIGN.source };
      if (zodSchema === attachment) jsonSchema.anyOf = ["content", "downloadUrl"].map((name) => needs(name, [null]));
      if (zodSchema === signedJson) jsonSchema.anyOf = SUBSTANCE.map((name) => needs(name, [null, ""]));
    },
  });
  return { $id: "https://inlet.example/signed-json.schema.json", ...schema };
}

function needs(name: string, empty: (string | null)[]): z.core.JSONSchema.JSONSchema {
  return { required: [name], properties: { [name]: { not: { enum: empty } } } };
}
