import { z } from "zod";
import { bareMessageId } from "@inlet/sources";
import type { FieldError } from "../answers/problems.ts";

/** Latest time that a date can hold, epoch ms (ECMA-262 21.4.1.1). */
const LAST_MOMENT_MS = 8.64e15;
const NO_TIME = "is missing, or neither epoch milliseconds nor ISO 8601 with a time zone";

const outboundMessage = z
  .looseObject({
    messageId: z
      .string("is missing or no text")
      // RFC 5322 2.1.1: a line, so an id, ends at 998 characters. What is no id is told apart by `readRegistration`.
      .max(998, "is longer than 998 characters")
      .regex(/^\s*<?[^\s<>\p{Cc}]+>?\s*$/u, "is not one Message-ID without white space")
      .meta({ description: "Message-ID of the sent message, with or without angle brackets." }),
    contactEmail: z
      .string("is no text")
      .max(320, "is longer than 320 characters")
      .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, "is not one address such as ada@example.com")
      .nullish()
      .meta({ description: "Who it was sent to: one address." }),
    dealId: z
      .string("is no text: quote the id")
      .regex(/^[0-9A-Za-z_-]{1,64}$/, "is not an id of 1 to 64 letters, digits, _ and -")
      .nullish()
      .meta({ description: "The CRM's id of the deal that replies belong to." }),
    campaign: z
      .string("is no text")
      .regex(/^[^\p{Cc}]{1,128}$/u, "is not a name of 1 to 128 characters")
      .nullish()
      .meta({ description: "Campaign that it was sent for; replies are tagged with it." }),
    sentAt: z
      .union(
        [z.int(NO_TIME).min(0, NO_TIME).max(LAST_MOMENT_MS, NO_TIME), z.iso.datetime({ offset: true, error: NO_TIME })],
        NO_TIME,
      )
      .meta({ description: "When it was sent: epoch milliseconds, or ISO 8601 with a time zone." }),
  })
  .meta({
    title: "Inlet outbound message",
    description:
      "A message that the tenant sent, so that replies find their deal: the body of POST /v1/outbound-messages/{tenant}. Unknown properties pass.",
    examples: [
      {
        messageId: "<offer-4711@mail.example.com>",
        contactEmail: "ada@example.com",
        dealId: "12345",
        campaign: "2026-q2",
        sentAt: "2026-03-02T09:30:00Z",
      },
    ],
  });

/** A registration as it is kept. Times in epoch ms. */
export interface RegisteredMessage {
  /** Without angle brackets. */
  readonly messageId: string;
  readonly contactEmail: string | null;
  readonly dealId: string | null;
  readonly campaign: string | null;
  readonly sentAt: number;
}

export type MessageReading =
  | { readonly ok: true; readonly message: RegisteredMessage }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Reads a verified body. Never throws; names every field that is wrong and repeats no value. */
export function readSentMessage(body: Buffer): MessageReading {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return { ok: false, errors: [{ field: "", detail: "is not JSON" }] };
  }
  const parsed = outboundMessage.safeParse(value, { reportInput: false });
  if (!parsed.success) {
    return {
      ok: false,
      errors: parsed.error.issues.map(({ path, message }) => ({
        field: path.map(String).join("."),
        detail: path.length === 0 ? "is not a JSON object" : message,
      })),
    };
  }
  const { messageId, contactEmail, dealId, campaign, sentAt } = parsed.data;
  return {
    ok: true,
    message: {
      messageId: bareMessageId(messageId) ?? "",
      contactEmail: contactEmail?.toLowerCase() ?? null,
      dealId: dealId ?? null,
      campaign: campaign?.toWellFormed() ?? null,
      sentAt: typeof sentAt === "string" ? Date.parse(sentAt) : sentAt,
    },
  };
}

/** The JSON Schema (draft 2020-12) that is published as docs/reference/outbound-message.schema.json. */
export function outboundMessageSchema(): Record<string, unknown> {
  return {
    $id: "https://inlet.example/outbound-message.schema.json",
    ...z.toJSONSchema(outboundMessage, { io: "input", target: "draft-2020-12" }),
  };
}
