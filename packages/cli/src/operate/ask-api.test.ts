import { Problem } from "@inlet/operations";
import { describe, expect, it } from "vitest";
import { askApi } from "./ask-api.ts";
import { chooseTarget } from "./choose-target.ts";

const TARGET = { url: "https://inlet.example", token: "inlet_a-secret-of-ana" };

function failWith(code: string, name = "Error"): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code, name }) });
}
function answer(status: number, problem: object | string, headers: Record<string, string> = {}): Response {
  return new Response(typeof problem === "string" ? problem : JSON.stringify(problem), { status, headers });
}
const problem = (status: number, code: string, detail: string) => ({
  type: `about:blank#${code}`,
  title: code,
  status,
  detail,
});

describe("what a console's API does not do", () => {
  it.each<[string, () => Response | Error, RegExp]>([
    [
      "no one there",
      () => failWith("ECONNREFUSED"),
      /no console answers at https:\/\/inlet\.example \(ECONNREFUSED\).*INLET_URL/,
    ],
    ["a name that is none", () => failWith("ENOTFOUND"), /ENOTFOUND/],
    ["a certificate of no known authority", () => failWith("SELF_SIGNED_CERT_IN_CHAIN"), /NODE_EXTRA_CA_CERTS/],
    ["a certificate that has expired", () => failWith("CERT_HAS_EXPIRED"), /not trusted \(CERT_HAS_EXPIRED\)/],
    [
      "too late",
      () => Object.assign(new Error("late"), { name: "TimeoutError" }),
      /has not answered for 30 s.*npx inlet audit list/,
    ],
    [
      "a redirect",
      () => answer(302, "", { location: "https://other.example/" }),
      /points to https:\/\/other\.example\//,
    ],
    ["the gateway", () => answer(404, "<html>"), /answers 404, and not as a console does.*not the gateway's/],
    ["a page of a proxy", () => answer(200, "<html>"), /not as a console does/],
    ["a proxy whose console is away", () => answer(502, "Bad Gateway"), /answers 502.*Try again/],
    [
      "401",
      () => answer(401, problem(401, "not-signed-in", "Sign in.")),
      /does not know this token.*npx inlet tokens create/,
    ],
    [
      "403",
      () => answer(403, problem(403, "not-allowed", "This needs the role replay for acme.")),
      /replay for acme.*npx inlet tokens create NAME --grant/,
    ],
    [
      "409",
      () => answer(409, problem(409, "under-way", "The same is under way: job_1.")),
      /^The same is under way: job_1\.$/,
    ],
    [
      "429",
      () => answer(429, problem(429, "too-many-requests", "Too many."), { "retry-after": "7" }),
      /Too many\. Try again in 7 s/,
    ],
    [
      "503",
      () => answer(503, problem(503, "ledger-away", "The ledger does not answer.")),
      /The ledger does not answer/,
    ],
  ])("%s: is said with what to do, and without the token", async (_, give, words) => {
    const fetch = async (): Promise<Response> => {
      const given = give();
      if (given instanceof Error) throw given;
      return given;
    };
    const error: unknown = await askApi(TARGET, { method: "POST", path: "/x", body: {} }, fetch).catch(
      (each: unknown) => each,
    );
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).message).toMatch(words);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(TARGET.token);
  });

  it("what found no one is asked once more under the same key, which keeps it from being done twice", async () => {
    const keys: string[] = [];
    const fetch = async (_: string, { headers }: RequestInit): Promise<Response> => {
      keys.push((headers as Record<string, string>)["idempotency-key"] ?? "");
      if (keys.length === 1) throw failWith("ECONNRESET");
      return answer(200, { changed: true });
    };
    expect(await askApi(TARGET, { method: "POST", path: "/x", body: {} }, fetch)).toEqual({ changed: true });
    expect(keys[0]).toMatch(/^[\w-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
  });
});

describe("where a command acts", () => {
  it("through the API where both are set, on the ledger where neither is; one alone is a mistake", () => {
    const { url, token } = TARGET;
    expect(chooseTarget({ INLET_URL: `${url}/`, INLET_TOKEN: token })).toEqual(TARGET);
    expect(chooseTarget({ DATABASE_URL: "postgres://x" })).toBeNull();
    expect(() => chooseTarget({ INLET_URL: url })).toThrow(/INLET_TOKEN is not.*INLET_TOKEN_FILE/);
    expect(() => chooseTarget({ INLET_TOKEN: token })).toThrow(/INLET_URL is not/);
  });
});
