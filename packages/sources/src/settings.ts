import {
  isNetwork,
  SECRET_REFERENCE,
  secretReference,
  type Networks,
  type SecretFault,
  type SecretList,
  type SettingsReading,
} from "@inlet/settings";
import { z } from "zod";

/** Of a tenant's source, whatever its kind: each kind adds what is its own (`<kind>/settings.ts`). */

/** Largest body that any source may allow. The claim check holds a body in memory once; more needs streaming. */
export const MOST_BODY_BYTES = 64 * 1024 * 1024;
export const USUAL_BODY_BYTES = 32 * 1024 * 1024;

/** A source as written, as far as every kind has it. */
export interface SourceFile {
  readonly kind: string;
  readonly secrets?: readonly string[] | undefined;
  readonly maxBodySize?: string | undefined;
  readonly allowFrom?: readonly string[] | undefined;
  readonly trustedAuthserv: readonly string[];
  /** Of kinds that have {@link basicAuthField}. */
  readonly basicAuth?: readonly string[] | undefined;
}

/** A source as used, as far as every kind has it. */
export interface SourceSettings {
  readonly name: string;
  readonly kind: string;
  /** Empty for kinds whose senders sign nothing. */
  readonly secrets: SecretList;
  /** Largest request body or email, bytes. */
  readonly maxBodyBytes: number;
  /** Where its senders may come from; null: anywhere. */
  readonly allowFrom: Networks | null;
  /** authserv-ids (RFC 8601) whose Authentication-Results are trusted; of kind smtp only on mail that a relay of ours handed over. */
  readonly trustedAuthserv: readonly string[];
  /** `user:password` pairs that count besides the signature; empty: none is asked for. */
  readonly basicAuth: SecretList;
}

/** Where a provider puts email that is too large for a post. */
export interface ObjectStorage {
  readonly buckets: readonly string[];
  readonly region: string;
  readonly endpoint: string | null;
  /** Null: the process's own AWS credentials. */
  readonly credentials: { readonly accessKeyId: SecretList; readonly secretAccessKey: SecretList } | null;
}

/** What is wrong with a field, named relative to the source. */
export interface FieldFault {
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

/** How a kind's `secrets` are used: what each is and what is wrong with one; or what says who may send in their place. */
export type KindSecrets =
  | {
      /** Where it is no secret of Inlet's own making, for the schema: `user:password`. */
      readonly what?: string;
      fault(secret: string): SecretFault | undefined;
    }
  | { readonly instead: string };

/** What a tenant's file may say of a kind besides what every source has, and what is made of it. */
export interface KindSettings<S extends SourceSettings = SourceSettings> {
  /** Its own fields; each may be left out. Which kinds take a field is said with its description. */
  readonly fields: z.ZodRawShape;
  readonly secrets: KindSecrets;
  /** What is wrong with the source as a whole. */
  faults?(file: SourceFile): readonly FieldFault[];
  /** Its own fields as used; what is wrong goes to `reading.fault`. */
  read(file: SourceFile, reading: SettingsReading): Omit<S, keyof SourceSettings>;
}

/** A kind without fields of its own. */
export const NO_FIELDS = { fields: {}, read: () => ({}) } as const;

export const reference = z
  .string()
  .regex(SECRET_REFERENCE, "is a literal value: secrets are never written into a tenant file")
  .meta({ description: "env:NAME (an environment variable) or file:PATH (a file that holds the value)" });

export const signingSecrets = z
  .array(secretReference)
  .min(1, "is empty, so that every request would be refused")
  .max(8, "has more than 8 entries");

const network = z
  .string()
  .refine(isNetwork, "is not an IP address or a network")
  .meta({ description: "an IP address or a network, such as 203.0.113.0/24 or 2001:db8::/32" });

export const networkList = z.array(network).min(1, "is empty, so that everybody would be refused");

/** A field of several kinds: one and the same in each. */
export const basicAuthField = z
  .array(reference)
  .min(1, "is empty, so that every request would be refused")
  .max(8, "has more than 8 entries")
  .optional()
  .meta({ description: "user:password pairs, one of which the URL that the provider posts to must carry" });

/** What is wrong with a `user:password`; undefined when it can be used. */
export function passwordFault(value: string): SecretFault | undefined {
  const colon = value.indexOf(":");
  if (colon < 1) return { problem: "is not user:password", remedy: "Write both with a colon between them" };
  return value.length - colon - 1 >= 16
    ? undefined
    : { problem: "has a password shorter than 16 characters", remedy: "Make one with `openssl rand -hex 16`" };
}

/** What is wrong with a secret that Inlet's own senders sign with; undefined when it can be used. */
export function sharedSecretFault(secret: string): SecretFault | undefined {
  return Buffer.byteLength(secret) >= 16
    ? undefined
    : { problem: "is shorter than 16 bytes", remedy: "Make one with `openssl rand -hex 32`" };
}
