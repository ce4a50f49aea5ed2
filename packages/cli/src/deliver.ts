import { getSourceKind, type Sending, type SourceSettings } from "@inlet/sources";

/** How to sign for a source. */
export interface Signer extends Pick<Sending, "secret" | "privateKey" | "rawForm"> {
  /** Name of the kind that is spoken. */
  readonly kind: string;
  /** As the tenant's file has it; null where that is not at hand. */
  readonly settings: SourceSettings | null;
}

export interface Delivery extends Signer, Pick<Sending, "mime" | "asItIs" | "deliveryId"> {
  /** Base address of the gateway. */
  readonly url: string;
  readonly tenant: string;
  readonly source: string;
}

export interface Answer {
  readonly status: number;
  /** From a success: Inlet's id, and whether this gateway had the event already. */
  readonly eventId: string | null;
  readonly duplicate: boolean | null;
  /** Of a refusal: the problem's code and text (RFC 9457). */
  readonly problem: string | null;
}

/** Posts one email to the gateway, signed. Throws when nothing answers. */
export async function deliver(delivery: Delivery, signal?: AbortSignal): Promise<Answer> {
  const encoder = getSourceKind(delivery.kind).encoder;
  if (encoder === null) throw new Error(`nothing is posted to a source of kind ${delivery.kind}`);
  const { body, headers } = await encoder.encode({ ...delivery, now: Date.now() }, delivery.settings);
  const target = `${delivery.url.replace(/\/$/, "")}/v1/inbound/${delivery.tenant}/${delivery.source}`;
  let response: Response;
  try {
    response = await fetch(target, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
      signal: signal ?? AbortSignal.timeout(60_000),
    });
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
      eventId: toText(answer["eventId"]),
      duplicate: answer["duplicate"] === true,
      problem: null,
    };
  }
  const said = [answer["code"], answer["title"], answer["detail"]].map(toText).filter((part) => part !== null);
  return {
    status: response.status,
    eventId: null,
    duplicate: null,
    problem: said.length > 0 ? said.join(": ") : text.slice(0, 200),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function toText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
