import { headerPair, standardWebhook } from "./sign.ts";

/** The source kinds that Inlet's own command can speak. */
export const SENDABLE_KINDS = ["signed-json", "standard-webhooks", "raw-mime"] as const;
export type SendableKind = (typeof SENDABLE_KINDS)[number];

export interface Delivery {
  /** Base address of the gateway. */
  readonly url: string;
  readonly tenant: string;
  readonly source: string;
  readonly kind: SendableKind;
  readonly secret: string;
  /** The sender's own id of this delivery; sending it again is a duplicate. */
  readonly senderEventId: string;
  /** The email's bytes, as an SMTP server would receive them. */
  readonly mime: Uint8Array;
  /** `mime` is the whole body already (a JSON document), to be signed as it is. */
  readonly asItIs: boolean;
}

export interface Answer {
  readonly status: number;
  /** From a 202: Inlet's id, and whether this gateway had the event already. */
  readonly eventId: string | null;
  readonly duplicate: boolean | null;
  /** Of a refusal: the problem's code and text (RFC 9457). */
  readonly problem: string | null;
}

/** Posts one email to the gateway, signed. Throws when nothing answers. */
export async function deliver(delivery: Delivery, signal?: AbortSignal): Promise<Answer> {
  const { body, headers } = signedRequest(delivery, Date.now());
  const target = `${delivery.url.replace(/\/$/, "")}/v1/inbound/${delivery.tenant}/${delivery.source}`;
  let response: Response;
  try {
    response = await fetch(target, { method: "POST", headers, body, signal: signal ?? AbortSignal.timeout(60_000) });
  } catch (error) {
    throw new Error(`no answer from ${target}. Is the gateway running (npx inlet up), and is --url right?`, {
      cause: (error as Error).cause ?? error,
    });
  }
  const text = await response.text();
  const answer = parseObject(text);
  if (response.ok) {
    return {
      status: response.status,
      eventId: stringOf(answer["eventId"]),
      duplicate: answer["duplicate"] === true,
      problem: null,
    };
  }
  const said = [answer["code"], answer["title"], answer["detail"]].map(stringOf).filter((part) => part !== null);
  return {
    status: response.status,
    eventId: null,
    duplicate: null,
    problem: said.length > 0 ? said.join(": ") : text.slice(0, 200),
  };
}

function signedRequest(
  delivery: Delivery,
  now: number,
): { body: Buffer<ArrayBuffer>; headers: Record<string, string> } {
  const { kind, secret, senderEventId } = delivery;
  if (kind === "raw-mime") {
    const body = Buffer.from(delivery.mime);
    return { body, headers: { "content-type": "message/rfc822", ...headerPair(body, secret, now) } };
  }
  const json = JSON.stringify({ eventId: senderEventId, raw: Buffer.from(delivery.mime).toString("base64") });
  const body = Buffer.from(delivery.asItIs ? delivery.mime : json);
  const signature =
    kind === "signed-json" ? headerPair(body, secret, now) : standardWebhook(body, senderEventId, secret, now);
  return { body, headers: { "content-type": "application/json", ...signature } };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function stringOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
