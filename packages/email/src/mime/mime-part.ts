/** A leaf with text, decoded and as sent otherwise. */
export interface TextPart {
  readonly contentType: "text/plain" | "text/html";
  readonly text: string;
  /** Inside a multipart/alternative: another part may say the same. */
  readonly alternative: boolean;
  /** Among all parts of the message, in their order. */
  readonly place: number;
  /** Where pictures named without a whole address lie (RFC 2557). */
  readonly location?: string | null;
}

/** Any other leaf; message/rfc822 is one, whole. */
export interface FilePart {
  readonly contentType: string;
  /** Parameters of the Content-Type, names lower-case. */
  readonly params: Readonly<Record<string, string>>;
  readonly filename: string | null;
  readonly contentId: string | null;
  readonly contentDisposition: string | null;
  readonly contentLocation: string | null;
  readonly bytes: Uint8Array;
  readonly place: number;
  /** A message of a multipart/digest. */
  readonly digest: boolean;
}
