import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "@inlet/operations";
import { asUnreachable, toProblem } from "./api-problems.ts";
import type { ApiTarget } from "./choose-target.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ApiRequest {
  readonly method: "GET" | "POST";
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly body?: object;
}

const PATIENCE_MS = 30_000;
/** A request that found no one, or a console that was starting anew, is made once more after so long; its key keeps it from being done twice. */
const AGAIN_MS = 1_000;

/** Asks a console's API. Throws a {@link Problem} with its remedy, which never holds the token. */
export async function askApi(
  target: ApiTarget,
  request: ApiRequest,
  fetch: Fetch = globalThis.fetch,
): Promise<unknown> {
  const { method, path, body } = request;
  const init = {
    method,
    headers: {
      authorization: `Bearer ${target.token}`,
      accept: "application/json",
      ...(method === "GET" ? {} : { "content-type": "application/json", "idempotency-key": randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // The token is for this address, and for none that it points to.
    redirect: "manual" as const,
  };
  const send = async (): Promise<unknown> => {
    const response = await fetch(`${target.url}/api/v1${path}`, {
      ...init,
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: unknown) => {
      throw asUnreachable(error, target, PATIENCE_MS);
    });
    const text = await response.text().catch(() => "");
    const answer = parseJson(text);
    if (response.ok && typeof answer === "object" && answer !== null) return answer;
    throw toProblem(response, answer, target);
  };
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Problem) || error.members["again"] !== true) throw error;
    await sleep(AGAIN_MS);
    return send();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
