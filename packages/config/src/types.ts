import type { SourceSettings } from "@inlet/sources";
import type { CrmSettings } from "@inlet/crm";
import type { SecretList } from "@inlet/settings";

/** The environment of a process (docs/concepts/protocol.md, section 11), parsed once at the edge. Secrets never print. */
export interface Environment {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly ssl: boolean;
    readonly sasl: {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    } | null;
  };
  readonly schemaRegistry: {
    readonly url: string;
    readonly auth: { readonly username: string; readonly password: string } | null;
  };
  readonly databaseUrl: string;
  readonly blobStoreUrl: string;
  readonly tenantsDir: string;
  readonly lanes: readonly string[];
  readonly publicUrl: string;
  /** The first signs, all verify. */
  readonly urlSigningKeys: readonly string[];
  /** Of the keyed hashes by which emails are searched for; null: neither addresses nor subjects are. */
  readonly searchKey: string | null;
  /** Scheme, host and port under which people reach the console. */
  readonly consoleUrl: string;
  /** Where people sign in to the console; null: by links alone. */
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly groupsClaim: string;
    /** `group=role:tenant|role` each. */
    readonly grants: readonly string[];
  } | null;
  /** Where traces are shown, without a trailing slash. */
  /** Operations that wait for a second person. */
  readonly fourEyes: readonly string[];
  readonly tracesUrl: string | null;
  readonly otlpEndpoint: string | null;
  readonly clamdUrl: string | null;
  readonly parkedMaxBytes: number;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  readonly inletUrl: string | null;
  readonly inletToken: string | null;
  /** Where this service's HTTP server listens. */
  readonly http: { readonly host: string; readonly port: number };
  /** Where the gateway answers its operators. Of the other services `http` is this. */
  readonly ops: { readonly host: string; readonly port: number };
  /** Whether it speaks HTTPS with the certificate of `tls`. */
  readonly httpTls: boolean;
  /** PEM files, which may be replaced while the process runs. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Addresses and networks of proxies and relays that are trusted when they name their client. */
  readonly trustedProxies: readonly string[];
  /** Where the gateway listens for mail; a port that is null is not listened on. */
  readonly smtp: {
    readonly host: string;
    readonly port: number | null;
    readonly tlsPort: number | null;
    readonly lmtpPort: number | null;
    /** Host name of the greeting; null for the machine's. */
    readonly name: string | null;
  };
}

export type MailClass =
  | "auto_reply"
  | "out_of_office"
  | "bounce"
  | "delay"
  | "receipt"
  | "challenge"
  | "complaint"
  | "mailing_list"
  | "newsletter"
  | "calendar"
  | "no_reply"
  /** Of any class, where the spam verdict is `spam`: the stricter policy counts. */
  | "spam";
/** `write`: as a person's mail. `log`: contact and activity, no deal. `suppress`: nothing in the CRM. */
export type ClassPolicy = "write" | "log" | "suppress";

export interface MailboxConfig {
  readonly name: string;
  /** Exact addresses, patterns and `*@domain`, lower-case. */
  readonly addresses: readonly string[];
  readonly tags: readonly { readonly kind: string; readonly value: string }[];
  /** Of new deals; null for the CRM's. */
  readonly pipeline: string | null;
  readonly stage: string | null;
  /** Forms name the customer in lines of the body. Default false. */
  readonly formInBody: boolean;
}

/** What becomes of email to an address that no mailbox has. */
export interface UnknownRecipients {
  readonly smtp: "refuse" | "quarantine";
  readonly http: "accept" | "quarantine";
}

/** Which attachments are let through (UN3). Types and extensions are lower-case; a type may be `image/*`. */
export interface AttachmentPolicy {
  /** Bytes of one attachment. Default 32 MiB. */
  readonly maxBytes: number;
  /** Bytes of all attachments of an email that are let through. Default 50 MiB. */
  readonly maxTotalBytes: number;
  /** Only these; null for all that are not refused. */
  readonly allowedTypes: readonly string[] | null;
  readonly refusedTypes: readonly string[];
  readonly refusedExtensions: readonly string[];
  readonly archives: "allow" | "refuse";
  /** A refused or infected file: the email goes on without it, or is dead-lettered. */
  readonly onRefusal: "drop" | "dead-letter";
  readonly scannerAway: "hold" | "pass";
  /** What the scanner cannot look into. */
  readonly unscannable: "pass" | "refuse";
}

/** Where a rule's `notify` is sent. */
export interface NotificationConfig {
  readonly name: string;
  /** https, or http to this machine. */
  readonly url: string;
  /** `whsec_…` (Standard Webhooks): each signs, so that the receiver may know one of them. */
  readonly secret: SecretList;
}

export interface TenantConfig {
  readonly id: string;
  readonly name: string;
  readonly isolation: "shared" | "dedicated";
  readonly lane: string;
  readonly sources: ReadonlyMap<string, SourceSettings>;
  readonly mailboxes: readonly MailboxConfig[];
  readonly unknownRecipients: UnknownRecipients;
  /** Secrets of those who may register sent messages; null where none may. */
  readonly outbound: SourceSettings | null;
  readonly classes: Readonly<Record<MailClass, ClassPolicy>>;
  /** How far apart two emails of one contact and one subject may be for one deal, ms; null where that is not matched. Default 30 days. */
  readonly matching: {
    readonly recentSubjectMs: number | null;
    readonly sentFromCrm: boolean;
    /** What mail goes to a deal that is won or lost. Default `replies`: a new thread gets a new deal. */
    readonly closedDeals: "replies" | "all";
  };
  /** Whose contact an email is written to where somebody writes behind From. Default: `original`, the person. */
  readonly contactFrom: import("./tenant-file/contact-file.ts").ContactFile;
  readonly attachments: AttachmentPolicy;
  readonly crm: CrmSettings;
  /** Workflow rules, in the file's order (WR7). What they name of intents, mailboxes and notices is there. */
  readonly rules: readonly import("@inlet/domain").Rule[];
  readonly intents: readonly import("@inlet/domain").IntentWords[];
  readonly notifications: ReadonlyMap<string, NotificationConfig>;
  /** Requests per second at the gateway, per instance. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number };
  /** How long what of its mail is kept. */
  readonly retention: import("./tenant-file/retention-file.ts").RetentionConfig;
  /** Oldest a waiting email may get, ms. Default 7 days. */
  readonly maxAgeMs: number;
  /** Whether a person gives a reason before an email's content is shown. Default `optional`. */
  readonly console: { readonly reason: "required" | "optional" };
  /** Changes when the mapping changes: emails written under another version are updated by a replay. Hash of the parts of the file that shape what is written. */
  readonly mappingVersion: string;
  /** What it is made of, by part of the file, as digests. */
  readonly mappingParts: Readonly<Record<string, string>>;
}

/** All tenants, reloaded on change; a broken file keeps the last good one. */
export interface Tenants {
  get(id: string): TenantConfig | undefined;
  /** Whether the tenant has a file that could not be read since this process started: its email waits, and ends nowhere. */
  isBroken(id: string): boolean;
  /** The same list until a file changes. */
  all(): readonly TenantConfig[];
  /** Faults of files that are not in force now. */
  faults(): readonly ConfigFault[];
  close(): Promise<void>;
}

export interface ConfigFault {
  /** `KAFKA_BROKERS`, or `config/tenants/demo.yaml`. */
  readonly where: string;
  /** `crm.baseUrl`; empty for the file as a whole. */
  readonly field: string;
  /** What is wrong with the value (never the value of a secret). */
  readonly problem: string;
  readonly remedy: string;
}

/** Every fault of one reading, at once. `message` lists them, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly ConfigFault[];
  constructor(faults: readonly ConfigFault[]) {
    super(faults.map((f) => `${f.where}${f.field === "" ? "" : `: ${f.field}`}: ${f.problem}. ${f.remedy}`).join("\n"));
    this.faults = faults;
  }
}
