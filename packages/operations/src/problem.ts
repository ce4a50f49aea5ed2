/** What the API answers in place of what was asked for (RFC 9457), and what a page says. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** For machines: `not-found`, `not-allowed`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  toJSON(): object {
    return {
      type: `about:blank#${this.code}`,
      title: this.code.replaceAll("-", " "),
      status: this.status,
      detail: this.message,
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
