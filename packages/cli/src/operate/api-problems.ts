import { Problem } from "@inlet/operations";
import type { ApiTarget } from "./choose-target.ts";

/** What a console's API did not do, in words that end with what to do about it. */

/** Of a request that was not answered. `again`: nothing can have been done, or its key keeps it from being done twice. */
export function asUnreachable(error: unknown, { url }: ApiTarget, patienceMs: number): Problem {
  const codes = listCodes(error);
  const [code = "no answer"] = codes;
  if (codes.some((each) => each === "TimeoutError" || each === "UND_ERR_HEADERS_TIMEOUT"))
    return unreachable(
      `${url} has not answered for ${patienceMs / 1000} s. It may have done what was asked: look (npx inlet audit list) before you ask again`,
    );
  if (codes.some((each) => TLS_CODE.test(each)))
    return unreachable(
      `${url}: its certificate is not trusted (${code}). NODE_EXTRA_CA_CERTS=FILE adds your own authority; an expired or wrong one is to be renewed`,
    );
  const hint = "Is the console running, and INLET_URL its address?";
  return unreachable(`no console answers at ${url} (${code}). ${hint}`, { again: true });
}

const TLS_CODE = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/;

function unreachable(message: string, members: Readonly<Record<string, unknown>> = {}): Problem {
  return new Problem(0, "unreachable", message, members);
}

/** The names of an error and of what it came from: fetch says only that it failed. */
function listCodes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  const below = error instanceof AggregateError ? error.errors.flatMap(listCodes) : [];
  return [
    ...listCodes(error.cause),
    ...below,
    ...(typeof code === "string" ? [code] : []),
    ...(error.name === "TimeoutError" ? [error.name] : []),
  ];
}

/** Of an answer that is none of what was asked for. */
export function toProblem(response: Response, answer: unknown, { url }: ApiTarget): Problem {
  const { status } = response;
  const { type, detail, title: _, status: __, ...members } = (answer ?? {}) as Record<string, unknown>;
  const code = typeof type === "string" ? /^about:blank#([a-z-]+)$/.exec(type)?.[1] : undefined;
  if (status >= 300 && status < 400)
    return new Problem(
      status,
      "redirected",
      `${url} points to ${response.headers.get("location") ?? "elsewhere"}: set INLET_URL to the address that the console itself has (CONSOLE_URL)`,
    );
  if (status === 401)
    return new Problem(
      401,
      "not-signed-in",
      `${url} does not know this token: it was revoked, has ended, or is of another Inlet. npx inlet tokens create makes another`,
    );
  if (code === undefined || typeof detail !== "string")
    return status >= 500
      ? new Problem(
          status,
          "unavailable",
          `${url} answers ${status}: what stands before the console, or the console itself, is away. Try again in a minute`,
        )
      : new Problem(
          status,
          "no-api",
          `${url} answers ${status}, and not as a console does: INLET_URL is the console's address (CONSOLE_URL), not the gateway's`,
        );
  return new Problem(
    status,
    code,
    addRemedy(status, detail, response),
    status === 503 ? { ...members, again: true } : members,
  );
}

function addRemedy(status: number, detail: string, { headers }: Response): string {
  if (status === 403)
    return `${detail} This token has it not: npx inlet tokens list shows what it may, npx inlet tokens create NAME --grant ROLE:TENANT makes another`;
  if (status === 429) return `${detail} Try again in ${headers.get("retry-after") ?? "60"} s`;
  if (status >= 500 && status !== 503) return `${detail} Nothing else is known here`;
  return detail;
}
