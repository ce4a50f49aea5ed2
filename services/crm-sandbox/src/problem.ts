import { randomUUID } from "node:crypto";

/** An answer that is an error, in HubSpot's shape. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    body: Readonly<Record<string, unknown>> | string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof body === "string" ? `HTTP ${status}` : String(body["message"]));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface InvalidValue {
  readonly name: string;
  readonly error: string;
  readonly message: string;
}

function problem(status: number, category: string | null, message: string, more: object = {}): Problem {
  return new Problem(status, {
    status: "error",
    message,
    correlationId: randomUUID(),
    ...(category === null ? {} : { category }),
    ...more,
  });
}

export const problems = {
  unauthorized: () =>
    problem(
      401,
      "INVALID_AUTHENTICATION",
      "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
    ),
  missingScopes: () =>
    problem(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.", {
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredGranularScopes: ["crm.objects.contacts.write"] },
        },
      ],
    }),
  forbidden: () => problem(403, "FORBIDDEN", "The scope needed for this API call isn't available for public use."),
  planLimit: () => problem(403, "LIMIT_EXCEEDED", "The account has reached a limit of its plan."),
  badJson: (detail: string) => problem(400, "INVALID_JSON", `Invalid input JSON: ${detail}`),
  invalid: (message: string) => problem(400, "VALIDATION_ERROR", message),
  invalidValues: (values: readonly InvalidValue[]) =>
    problem(
      400,
      "VALIDATION_ERROR",
      `Property values were not valid: ${JSON.stringify(values.map((value) => ({ isValid: false, ...value })))}`,
    ),
  notFound: (message = "resource not found") => problem(404, "OBJECT_NOT_FOUND", message),
  noFile: () => problem(404, null, "No file or folder exists at path"),
  contactExists: (id: string) => problem(409, "CONFLICT", `Contact already exists. Existing ID: ${id}`),
  conflict: (message: string) => problem(409, "CONFLICT", message),
  locked: () => problem(423, "LOCKED", "The resource is locked by another request."),
  tooLarge: () => problem(413, null, "The request is larger than the sandbox takes."),
  rateLimit: (policyName: string) =>
    new Problem(429, {
      status: "error",
      message: `You have reached your ${policyName.toLowerCase()} limit.`,
      errorType: "RATE_LIMIT",
      correlationId: randomUUID(),
      policyName,
      requestId: randomUUID(),
    }),
  internal: () => problem(500, null, "internal error"),
  gateway: (status: number) =>
    new Problem(status, `<html><head><title>${status}</title></head><body>error code: ${status}</body></html>`),
};

/** The answer that HubSpot gives with a status; for faults on demand. */
export function toStatusProblem(status: number, policyName: string | undefined, category: string | undefined): Problem {
  switch (status) {
    case 400:
      return category === "INVALID_JSON"
        ? problems.badJson("a fault on demand")
        : problems.invalid("a fault on demand");
    case 401:
      return problems.unauthorized();
    case 403:
      return category === "LIMIT_EXCEEDED"
        ? problems.planLimit()
        : category === "FORBIDDEN"
          ? problems.forbidden()
          : problems.missingScopes();
    case 404:
      return problems.notFound();
    case 409:
      return problems.conflict("a fault on demand");
    case 423:
      return problems.locked();
    case 429:
      return problems.rateLimit(policyName ?? "TEN_SECONDLY_ROLLING");
    case 500:
      return problems.internal();
    default:
      return status > 500 ? problems.gateway(status) : problem(status, category ?? null, "a fault on demand");
  }
}
