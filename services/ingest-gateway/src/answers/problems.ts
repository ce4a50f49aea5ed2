/**
 * Every refusal of the gateway, in one closed list (RFC 9457 problem details). docs/reference/problems.md explains each code; a test
 * holds the two together. Details never say which secret or which part of a signature was wrong.
 */

export const PROBLEMS = {
  bad_request: { status: 400, title: "The request cannot be read" },
  signature_missing: { status: 401, title: "The request is not signed" },
  signature_malformed: { status: 401, title: "The signature headers cannot be read" },
  timestamp_out_of_window: { status: 401, title: "The signature's timestamp is outside its window" },
  signature_mismatch: { status: 401, title: "The signature does not match the body" },
  signature_reused: { status: 401, title: "The signature was already used for another email" },
  address_not_allowed: { status: 403, title: "This source takes nothing from this address" },
  source_unknown: { status: 404, title: "There is no such tenant or source" },
  not_found: { status: 404, title: "There is nothing at this address" },
  method_not_allowed: { status: 405, title: "This address takes POST only" },
  request_timeout: { status: 408, title: "The request did not arrive in time" },
  body_too_large: { status: 413, title: "The body is larger than this source allows" },
  media_type_unsupported: { status: 415, title: "This source does not take this kind of body" },
  expectation_failed: { status: 417, title: "This expectation is not met here" },
  not_email: { status: 422, title: "This is another kind of event than received email" },
  fields_invalid: { status: 422, title: "Fields of the body are missing or wrong" },
  rate_limited: { status: 429, title: "This tenant sends more than its rate" },
  headers_too_large: { status: 431, title: "The request's header is too large" },
  internal_error: { status: 500, title: "The gateway failed" },
  storage_unavailable: { status: 503, title: "The event could not be made durable now" },
  verification_unavailable: { status: 503, title: "Whether to take the delivery cannot be found out now" },
  tenant_unavailable: { status: 503, title: "This tenant's file is broken now" },
  lane_not_ready: { status: 503, title: "This tenant's lane has no topics yet" },
  overloaded: { status: 503, title: "The gateway is at its limit" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

export interface FieldError {
  /** `contactEmail`; empty for the body as a whole. */
  readonly field: string;
  readonly detail: string;
}

export interface ProblemExtras {
  /** What the sender can do about it; never a secret, an address or a part of the body. */
  readonly detail?: string;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each field that is wrong, and how to repair it. */
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
}

/** Thrown by a step to refuse the request; the error handler turns it into the answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly statusCode: number;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[];

  constructor(code: ProblemCode, { detail, retryAfter, headers = {}, errors = [], cause }: ProblemExtras = {}) {
    super(detail ?? PROBLEMS[code].title, cause === undefined ? undefined : { cause });
    this.code = code;
    this.statusCode = PROBLEMS[code].status;
    this.detail = detail;
    this.errors = errors;
    this.headers = retryAfter === undefined ? headers : { ...headers, "retry-after": String(retryAfter) };
  }
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

/** The body of the answer. */
export function problemDocument(problem: Problem, status: number = problem.statusCode): ProblemDocument {
  const { code, detail, errors } = problem;
  const document = { type: `urn:inlet:problem:${code}`, title: PROBLEMS[code].title, status, code };
  return {
    ...document,
    ...(detail === undefined ? {} : { detail }),
    ...(errors.length === 0 ? {} : { errors }),
  };
}

/**
 * What is thrown as a problem. Fastify's own 4xx (broken framing, aborted or oversized bodies) keep their meaning; anything else is a
 * fault of ours, and says nothing of its inside.
 */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = getStatus(error);
  if (status === 413) return new Problem("body_too_large", { cause: error });
  if (status === 415) return new Problem("media_type_unsupported", { cause: error });
  if (status === 408) return new Problem("request_timeout", { cause: error });
  if (status !== undefined && status >= 400 && status < 500) return new Problem("bad_request", { cause: error });
  return new Problem("internal_error", { cause: error });
}

function getStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}
