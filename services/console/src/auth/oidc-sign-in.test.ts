import { createServer, type Server } from "node:http";
import type { Ledger } from "@inlet/ledger";
import type { FastifyInstance } from "fastify";
import Provider from "oidc-provider";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSeededConsole } from "../../testing/seeded-console.ts";
import { createIdentityProvider } from "./identity-provider.ts";

/** Signing in at a certified provider (oidc-provider), as a browser does: with its cookies, redirect by redirect. */
const ORIGIN = "https://console.example";
const PEOPLE: Readonly<Record<string, string[]>> = { ada: ["ops"], eve: ["staff"] };
let server: Server;
let app: FastifyInstance;
let ledger: Ledger;
let issuer: string;

beforeAll(async () => {
  server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "inlet",
        client_secret: "a secret of the console",
        grant_types: ["authorization_code"],
        response_types: ["code"],
        redirect_uris: [`${ORIGIN}/sign-in/callback`],
        post_logout_redirect_uris: [`${ORIGIN}/sign-in`],
      },
    ],
    claims: { openid: ["sub", "groups"], email: ["email", "email_verified"], profile: [] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["a key of the test"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, groups: PEOPLE[id] ?? [], email: `${id}@acme.example`, email_verified: true }),
    }),
    // Who has signed in agrees to the console.
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: "inlet",
        accountId: context.oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    interactions: { url: (_, { uid }) => `/people/${uid}` },
  });
  const callback = provider.callback();
  server.on("request", (request, response) => {
    // The provider's own page, where a person types a name: here it stands in a header.
    if (request.url?.startsWith("/people/") === true)
      void provider.interactionFinished(request, response, {
        login: { accountId: String(request.headers["x-person"]) },
      });
    else void callback(request, response);
  });
  const seeded = await openSeededConsole({
    now: Date.now,
    origin: ORIGIN,
    sessionMs: 60_000,
    idleMs: 60_000,
    providerOrigin: issuer,
    provider: createIdentityProvider({
      issuer,
      clientId: "inlet",
      clientSecret: "a secret of the console",
      groupsClaim: "groups",
      origin: ORIGIN,
      grants: new Map([["ops", [{ role: "process", tenant: "*" }]]]),
    }),
  });
  ({ app, ledger } = seeded);
});
afterAll(async () => {
  await app.close();
  await ledger.close();
  await new Promise((resolve) => server.close(resolve));
});

/** From the console to the provider and back; answers where it came back to, and the console's cookie of the way. */
async function goToProvider(person: string): Promise<{ callback: string; flow: string }> {
  const begun = await app.inject({ method: "POST", url: "/sign-in/begin", headers: { origin: ORIGIN } });
  const flow = `${begun.cookies[0]?.name}=${begun.cookies[0]?.value}`;
  const jar = new Map<string, string>();
  let at = String(begun.headers.location);
  while (at.startsWith(issuer)) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie, "x-person": person } });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ""] = set.split(";", 1);
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    at = new URL(answer.headers.get("location") ?? "https://nowhere.example", at).href;
  }
  return { callback: at.slice(ORIGIN.length), flow };
}

it("signs in who has a group with a role, as the audit names them, and signs out at the provider too", async () => {
  const { callback, flow } = await goToProvider("ada");
  const back = await app.inject({ url: callback, headers: { cookie: flow } });
  expect(back.headers.location).toBe("/");
  const session = back.cookies.find(({ name }) => name === "__Host-inlet");
  expect(back.cookies.find(({ name }) => name === "__Host-inlet-flow")?.value).toBe("");
  const cookie = `__Host-inlet=${session?.value}`;
  expect((await app.inject({ url: "/", headers: { cookie } })).body).toContain("ada@acme.example");
  expect(await ledger.auditLog.list({ action: "signed in", limit: 1 })).toMatchObject([{ actor: "ada@acme.example" }]);
  const out = await app.inject({ method: "POST", url: "/sign-out", headers: { cookie, origin: ORIGIN } });
  expect(out.headers.location).toContain(`${issuer}/session/end`);
  expect((await app.inject({ url: "/", headers: { cookie } })).statusCode).toBe(303);
});

it("who has no group with a role gets in nowhere, and is told why", async () => {
  const { callback, flow } = await goToProvider("eve");
  const { statusCode, body, cookies } = await app.inject({ url: callback, headers: { cookie: flow } });
  expect({ statusCode, session: cookies.some(({ name, value }) => name === "__Host-inlet" && value !== "") }).toEqual({
    statusCode: 403,
    session: false,
  });
  expect(body).toContain("no group of yours has a role here");
});

it("another's code in this browser, and a code used twice, get in nowhere", async () => {
  const hers = await goToProvider("ada");
  const mine = await goToProvider("ada");
  for (const cookie of ["", mine.flow, "__Host-inlet-flow=x"]) {
    const { statusCode } = await app.inject({ url: hers.callback, headers: { cookie } });
    expect(statusCode).toBe(403);
  }
  expect((await app.inject({ url: mine.callback, headers: { cookie: mine.flow } })).statusCode).toBe(303);
  expect((await app.inject({ url: mine.callback, headers: { cookie: mine.flow } })).statusCode).toBe(403);
});
