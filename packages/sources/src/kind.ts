import type { IncomingHttpHeaders } from "node:http";
import type { EmailContent, ParseFault, ParseOptions } from "@inlet/email";
import type { Envelope } from "@inlet/schemas";
import type { KindSettings, ObjectStorage, SourceSettings } from "./settings.ts";

/** Why a request is not taken as its sender's. `reused`: its signature was already used for another email. */
export type VerificationFailure = "missing" | "malformed" | "stale" | "future" | "mismatch" | "reused";

/** A POST as it came: header names lower-case, the body's bytes untouched. */
export interface InboundRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What verifying needs of the world. Everything else is decided from the request and the source's settings. */
export interface VerificationContext {
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

/** What is learned about a verified delivery without parsing the email. */
export interface VerifiedDelivery {
  /** Names the delivery: the same key from the same source is the same event (docs/concepts/protocol.md, section 1). */
  readonly key: string;
  /** The id that the provider gave this delivery. */
  readonly deliveryId: string | null;
  /** The id that the sender gave this event. */
  readonly senderEventId: string | null;
  /** When the sender says it received the email, epoch ms. */
  readonly senderReceivedAt: number | null;
  /** Where it stands outside of the body; what stands inside is the parser's. */
  readonly envelope: Envelope | null;
}

/** What a request turned out to be. */
export type Verified =
  | { readonly kind: "delivery"; readonly delivery: VerifiedDelivery }
  | { readonly kind: "unverified"; readonly why: VerificationFailure }
  /** Verified, but of another kind of event than received email: never right at this address. */
  | { readonly kind: "not_email"; readonly what: string }
  /** Verified, and asks for nothing: a notice of the provider's own. */
  | { readonly kind: "notice"; readonly what: string }
  /** Verified: the provider wants this address fetched once before it sends email. Its host is checked. */
  | { readonly kind: "confirmation"; readonly url: string }
  /** Whether it is its sender's cannot be found out now. */
  | { readonly kind: "undecided"; readonly what: string };

/** How requests of a kind are verified. */
export interface Verification<S extends SourceSettings = SourceSettings> {
  /** By the headers alone, before the body costs anything. Null: go on. */
  checkHeaders(headers: IncomingHttpHeaders, source: S, now: number): VerificationFailure | null;
  /** Verifies the bytes as they came, then says what they are. Never throws: what is verified is kept, readable or not. */
  verify(request: InboundRequest, source: S, context: VerificationContext): Promise<Verified>;
}

/** What the gateway's answers mean to the sender (its documented success and stop codes). Null: as HTTP has it. */
export interface Answers {
  /** Accepted, or a known duplicate. */
  readonly accepted: number;
  /** "Send it again later", instead of 429, 408 and 503 where one of those means something else to it. */
  readonly later: number | null;
  /** "Never send this again": too large, another kind of event, an unknown media type. */
  readonly never: number | null;
}

/** What is known of a kind's senders beside how they prove themselves. */
export interface SourceFacts {
  /** Media types that it takes, for the answer 415 and the docs. Null: any, since the sender's says nothing. */
  readonly mediaTypes: readonly string[] | null;
  readonly answers: Answers;
  /** Bytes of a body where less is sent than a source may take: what proves it lies inside. Default the source's limit. */
  readonly mostBodyBytes?: number;
  /** What its senders send at most, bytes: a smaller limit would refuse email that a provider has accepted already. */
  readonly largestBody: number;
  /** Its senders prove themselves by user and password alone: a refusal asks for them. */
  readonly byPassword?: boolean;
}

/** An object in S3 that holds the email; fetched by the parser. */
export interface StoredElsewhere {
  readonly bucket: string;
  readonly key: string;
}

/** What the provider itself found out about the email; beats what the email's own headers say. */
export interface ProviderMetadata {
  readonly envelope: Envelope | null;
  readonly auth: Partial<EmailContent["auth"]>;
  readonly spamVerdict: string | null;
  readonly spamScore: number | null;
  /** The provider's virus scan found something: every attachment counts as infected. */
  readonly infected: boolean;
  readonly warnings: readonly string[];
}

export type ParsedBody =
  | {
      readonly kind: "email";
      readonly email: EmailContent;
      /** What a signed JSON says of itself. */
      readonly sender?: { readonly eventId: string | null; readonly receivedAt: number | null };
    }
  | { readonly kind: "elsewhere"; readonly object: StoredElsewhere; readonly metadata: ProviderMetadata }
  | { readonly kind: "fault"; readonly fault: ParseFault };

/** An email to be sent as senders of a kind do. */
export interface Sending {
  /** The email's bytes, as an SMTP server would receive them. */
  readonly mime: Buffer;
  /** `mime` is the whole body already (a JSON document), to be signed as it is. */
  readonly asItIs: boolean;
  /** The sender's own id of this delivery; sending it again is a duplicate. */
  readonly deliveryId: string;
  /** Of most kinds the source's secret; of sendgrid the user:password, or empty. */
  readonly secret: string;
  /** PEM of the key that signs, where one does. */
  readonly privateKey: string | null;
  /** Whether a provider that has both forms posts the raw mail. */
  readonly rawForm: boolean;
  /** Epoch ms. */
  readonly now: number;
}

/** A request as a sender of the kind makes it. */
export interface EncodedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Encoder<S extends SourceSettings = SourceSettings> {
  /** Where a private key signs: the file of the sample tenant's. */
  readonly sampleKey?: string;
  /** Whether a source is sent to with a private key; null: nothing is known of the source. */
  needsKey?(source: S | null): boolean;
  encode(sending: Sending, source: S | null): Promise<EncodedRequest>;
}

/** A way in: what a tenant's file says of it, how its requests are verified, read and made. One folder, and one line in `registry.ts`. */
export interface SourceKind<S extends SourceSettings = SourceSettings> {
  /** Also the value of `kind` in the file, and in every event. */
  readonly name: string;
  readonly facts: SourceFacts;
  readonly settings: KindSettings<S>;
  /** Null: its mail does not come by HTTP. */
  readonly verification: Verification<S> | null;
  /** The email of a kept body. Runs in the parser's worker: no I/O, never throws. `contentType` is the request's. */
  parse(body: Uint8Array, contentType: string, options?: ParseOptions): Promise<ParsedBody>;
  /** Null: `inlet send` does not speak it. */
  readonly encoder: Encoder<S> | null;
  /** Where its senders put email that is too large for a post; null: nowhere. */
  storage?(source: S): ObjectStorage | null;
}
