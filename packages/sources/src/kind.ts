import type { IncomingHttpHeaders } from "node:http";
import type { SourceConfig } from "@inlet/config";
import type { EmailContent, ParseFault, ParseOptions } from "@inlet/email";
import type { Envelope } from "@inlet/schemas";

/** The kinds of source that an email provider posts to. */
export const PROVIDER_KINDS = ["postmark", "mailgun", "sendgrid", "ses", "cloudmailin"] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** Why a request is not believed. `reused`: its signature was already used for another email. */
export type Disbelief = "missing" | "malformed" | "stale" | "future" | "mismatch" | "reused";

/** A POST as it came: header names lower-case, the body's bytes untouched. */
export interface DoorRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a door needs of the world. Everything else it decides from the request and the source's settings. */
export interface DoorContext {
  /** Epoch ms. */
  readonly now: number;
  /**
   * Binds a signed token that may be used for one email only. True: it is new, or was used for this same email (a retry).
   * @param key names the email; @param untilMs epoch ms after which the signature is stale anyway
   */
  readonly bindToken: (token: string, key: string, untilMs: number) => boolean;
  /** The PEM certificate at a checked address. Rejects when it cannot be had now. */
  readonly certificate: (url: string) => Promise<string>;
}

/** What the gateway learns about a believed delivery without parsing the email. */
export interface Delivery {
  /** Names the delivery: the same key from the same source is the same event (PROTOCOL.md 1). */
  readonly key: string;
  /** The id that the provider gave this delivery. */
  readonly deliveryId: string | null;
  /** When the provider says it received the email, epoch ms. */
  readonly receivedAt: number | null;
}

/** What a request turned out to be. */
export type Opened =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "disbelieved"; readonly why: Disbelief }
  /** Believed, but of another kind of event than received email: never right at this address. */
  | { readonly kind: "not_email"; readonly what: string }
  /** Believed, and asks for nothing: a notice of the provider's own. */
  | { readonly kind: "notice"; readonly what: string }
  /** Believed: the provider wants this address fetched once before it sends email. Its host is checked. */
  | { readonly kind: "confirmation"; readonly url: string }
  /** Whether to believe it cannot be found out now. */
  | { readonly kind: "undecided"; readonly what: string };

/** What the gateway's answers mean to the provider (its documented success and stop codes). */
export interface Answers {
  /** Accepted, or a known duplicate. */
  readonly accepted: number;
  /** "Send it again later", instead of 429, 408 and 503 where one of those means something else to it. */
  readonly later: number;
  /** "Never send this again": too large, another kind of event, an unknown media type. Null: as HTTP has it. */
  readonly never: number | null;
}

/** An object in S3 that holds the email; fetched by the parser. */
export interface StoredElsewhere {
  readonly bucket: string;
  readonly key: string;
}

/** What the provider itself found out about the email; beats what the email's own headers say. */
export interface ProviderWord {
  readonly envelope: Envelope | null;
  readonly auth: Partial<EmailContent["auth"]>;
  readonly spamVerdict: string | null;
  readonly spamScore: number | null;
  /** The provider's virus scan found something: every attachment counts as infected. */
  readonly infected: boolean;
  readonly warnings: readonly string[];
}

export type Extracted =
  | { readonly kind: "email"; readonly email: EmailContent }
  | { readonly kind: "elsewhere"; readonly object: StoredElsewhere; readonly word: ProviderWord }
  | { readonly kind: "fault"; readonly fault: ParseFault };

/** Everything about one provider: how it is believed, what its answers mean, what names a delivery, how the email is taken out. */
export interface Provider {
  readonly kind: ProviderKind;
  /** Null: any, since the provider's media type says nothing. */
  readonly mediaTypes: readonly string[] | null;
  readonly answers: Answers;
  /** Bytes of a body where the provider sends less than a source may take: what proves it lies inside. Default the source's limit. */
  readonly mostBodyBytes?: number;
  /** By the headers alone, before the body costs anything. Null: go on. */
  checkHeaders(headers: IncomingHttpHeaders, source: SourceConfig, now: number): Disbelief | null;
  /** Verifies the bytes as they came, then says what they are. Never throws: what is believed is kept, readable or not. */
  open(request: DoorRequest, source: SourceConfig, context: DoorContext): Promise<Opened>;
  /** The email of a kept body. Runs in the parser's worker: no I/O, never throws. `contentType` is the request's. */
  extract(body: Uint8Array, contentType: string, options?: ParseOptions): Promise<Extracted>;
}

/** What an encoder is given: an email and what the provider would know besides. */
export interface Posting {
  readonly mime: Buffer;
  readonly envelope: { readonly from: string | null; readonly to: readonly string[] };
  /** The provider's own id of this delivery. */
  readonly deliveryId: string;
  /** Epoch ms. */
  readonly now: number;
}

/** A request as the provider would send it. */
export interface EncodedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
