/** A CRM's API as a tenant file describes it (`crm.requests`): templates of requests, and where to look in their answers. */

export interface WriteRequest {
  readonly method: "POST" | "PUT" | "PATCH";
  /** Behind the base URL; begins with `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON with placeholders in its strings. */
  readonly body?: unknown;
  /** Of a file: a multipart form instead of a body; the field of value `{{file}}` is the file. */
  readonly form?: Readonly<Record<string, string>> | undefined;
}

/** A GET that finds a record by Inlet's key. */
export interface LookupRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON Pointer (RFC 6901) to the record's id in the answer. */
  readonly id: string;
  /** JSON Pointer to the key in the answer: an API that ignores a filter answers with another record. */
  readonly key: string;
}

/** A GET of a record by its id in the CRM. */
export interface ReadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface EffectRequests {
  readonly write: WriteRequest;
  /** JSON Pointer to the record's id in the answer to `write`. */
  readonly id: string;
  readonly lookup?: LookupRequest | undefined;
  /** `id`: JSON Pointer to the record's id, another one where the record was merged into another. */
  readonly read?: (ReadRequest & { readonly id: string }) | undefined;
  /** Sending again makes no second record: the API knows the Idempotency-Key, or the write is an upsert by the key. */
  readonly idempotent: boolean;
}

/** What every effect's description has. */
export type DescribedRequests = Omit<EffectRequests, "write" | "read"> & { readonly write?: WriteRequest | undefined };

export interface ContactRequests extends EffectRequests {
  /** Finds a contact that was written without its address, by Inlet's key. */
  readonly lookupByKey?: LookupRequest | undefined;
  /** `second`: JSON Pointer to what is there only where several contacts have the number. */
  readonly lookupByPhone?: (LookupRequest & { readonly second: string }) | undefined;
}

/** Companies are found by `lookup`, made by `write`; the key is the domain. */
export type CompanyRequests = Omit<EffectRequests, "write"> & { readonly write?: WriteRequest | undefined };

export interface DealRequests extends Omit<EffectRequests, "read"> {
  /** `closed`: JSON Pointer to what says that the deal ended, by one of `closedValues`. */
  readonly read?:
    | (ReadRequest & {
        readonly id: string;
        readonly closed?: string | undefined;
        readonly closedValues: readonly string[];
      })
    | undefined;
  /** Moves a deal, adds tags: what a rule asks for. */
  readonly update?: WriteRequest | undefined;
}

export interface ActivityRequests extends Omit<EffectRequests, "read"> {
  readonly update?: WriteRequest | undefined;
  /** `fields`: JSON Pointers to what a person may change. */
  readonly read?:
    | (ReadRequest & {
        readonly fields: Readonly<Partial<Record<"subject" | "text" | "html" | "fileIds", string | undefined>>>;
      })
    | undefined;
}

export interface CrmRequests {
  /** The cheapest GET that answers 2xx while the credentials are good. */
  readonly ping: ReadRequest;
  readonly contact: ContactRequests;
  readonly company?: CompanyRequests | undefined;
  readonly deal?: DealRequests | undefined;
  readonly activity: ActivityRequests;
  readonly file?: EffectRequests | undefined;
  readonly task?: EffectRequests | undefined;
}
