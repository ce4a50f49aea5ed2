/** What the API answers in place of what was asked for (RFC 9457), and what a page and a command say. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** For machines: `not-found`, `not-allowed`. */
  readonly code: string;
  /** Members of its own, as RFC 9457 has them. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.members = members;
  }

  toJSON(): object {
    return {
      type: `about:blank#${this.code}`,
      title: this.code.replaceAll("-", " "),
      status: this.status,
      detail: this.message,
      ...this.members,
    };
  }
}

/** @param hint where what there is can be seen */
export const notFound = (what: string, hint?: string): Problem =>
  new Problem(404, "not-found", `There is no ${what}.${hint === undefined ? "" : ` ${hint}`}`);
export const notAllowed = (needs: string): Problem => new Problem(403, "not-allowed", `This needs ${needs}.`);
export const signedOut = (): Problem =>
  new Problem(401, "not-signed-in", "Sign in, or send a token: Authorization: Bearer inlet_….");
export const badInput = (detail: string): Problem => new Problem(400, "bad-input", detail);
