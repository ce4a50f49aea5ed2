import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startForgingIssuer, type ForgingIssuer } from "../../testing/forging-issuer.ts";
import { createIdentityProvider, IdentityRefusedError, toPerson, type IdentityProvider } from "./identity-provider.ts";

const ORIGIN = "http://127.0.0.1:8085";
const grants = new Map([["ops", [{ role: "process", tenant: "*" }]]]);
let issuer: ForgingIssuer;
let provider: IdentityProvider;

beforeAll(async () => {
  issuer = await startForgingIssuer("inlet");
});
afterAll(async () => issuer.close());
beforeEach(() => {
  issuer.next = {};
  provider = createIdentityProvider({
    issuer: issuer.url,
    clientId: "inlet",
    clientSecret: "s",
    groupsClaim: "groups",
    grants,
    origin: ORIGIN,
  });
});

/** As a browser does: to the provider, and back with its code. */
async function goThere(changes: { state?: string; verifier?: string; iss?: string } = {}) {
  const { url, flow } = await provider.begin();
  const { code } = (await (await fetch(url)).json()) as { code: string };
  const callback = new URL(`${ORIGIN}/sign-in/callback`);
  callback.searchParams.set("code", code);
  callback.searchParams.set("state", changes.state ?? flow.state);
  if (changes.iss !== undefined) callback.searchParams.set("iss", changes.iss);
  return { url: new URL(url), callback, flow };
}

test("asks for a code with PKCE, state and nonce, and knows who came back and what their groups may do", async () => {
  const { url, callback, flow } = await goThere();
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: "inlet",
    response_type: "code",
    code_challenge_method: "S256",
    scope: "openid profile email",
    redirect_uri: `${ORIGIN}/sign-in/callback`,
    state: flow.state,
    nonce: flow.nonce,
  });
  expect(url.href).not.toContain(flow.verifier);
  expect(await provider.finish(callback, flow)).toEqual({ actor: "ada@acme.example", grants: grants.get("ops") });
});

test.each<[string, ForgingIssuer["next"]]>([
  ["has expired", { expiresIn: -3600 }],
  ["is for another console", { audience: "another" }],
  ["is another issuer's", { issuer: "https://evil.example" }],
  ["answers another sign-in", { claims: { nonce: "another" } }],
  ["answers no sign-in", { claims: { nonce: null } }],
  ["is signed by a key that the issuer does not show", { key: "unknown" }],
  ["has no subject", { claims: { sub: null } }],
])("an id token that %s is refused", async (_, next) => {
  issuer.next = next;
  const { callback, flow } = await goThere();
  await expect(provider.finish(callback, flow)).rejects.toThrow(IdentityRefusedError);
});

test("a state that is not this browser's is refused, and so is the code without one", async () => {
  const other = await goThere({ state: "another" });
  await expect(provider.finish(other.callback, other.flow)).rejects.toThrow(IdentityRefusedError);
  const { flow } = await goThere();
  const bare = new URL(`${ORIGIN}/sign-in/callback?code=code-1`);
  await expect(provider.finish(bare, flow)).rejects.toThrow(IdentityRefusedError);
});

test("what the provider refuses is refused with its code, and without what it says of a person", async () => {
  const { flow } = await goThere();
  const back = new URL(
    `${ORIGIN}/sign-in/callback?error=access_denied&error_description=ada%40acme.example&state=${flow.state}`,
  );
  const refused = await provider.finish(back, flow).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(IdentityRefusedError);
  expect((refused as Error).message).toContain("access_denied");
  expect((refused as Error).message).not.toContain("ada");
});

test("of an issuer that has changed its key the new one counts, at once", async () => {
  const before = await goThere();
  await provider.finish(before.callback, before.flow);
  await issuer.rotate();
  const after = await goThere();
  expect(await provider.finish(after.callback, after.flow)).toMatchObject({ actor: "ada@acme.example" });
});

test("a provider that is away is asked again by the next one", async () => {
  const away = createIdentityProvider({
    issuer: "http://127.0.0.1:9",
    clientId: "i",
    clientSecret: "s",
    groupsClaim: "groups",
    grants,
    origin: ORIGIN,
  });
  await expect(away.begin()).rejects.toThrow("does not answer");
  await expect(away.begin()).rejects.toThrow("does not answer");
});

test.each<[string, Record<string, unknown>, { actor: string; roles: number }]>([
  ["no groups", { sub: "u", groups: undefined }, { actor: "oidc:u", roles: 0 }],
  ["groups that grant nothing", { sub: "u", groups: ["staff"] }, { actor: "oidc:u", roles: 0 }],
  ["a group named twice", { sub: "u", groups: ["ops", "ops"] }, { actor: "oidc:u", roles: 1 }],
  ["groups that are no list", { sub: "u", groups: "ops" }, { actor: "oidc:u", roles: 0 }],
  ["a group that is no text", { sub: "u", groups: [{ ops: true }] }, { actor: "oidc:u", roles: 0 }],
  [
    "an address that is not verified",
    { sub: "u", email: "boss@acme.example", groups: [] },
    { actor: "oidc:u", roles: 0 },
  ],
  [
    "an address said to be verified in a text",
    { sub: "u", email: "boss@acme.example", email_verified: "true", groups: [] },
    { actor: "oidc:u", roles: 0 },
  ],
])("claims with %s", (_, claims, { actor, roles }) => {
  const person = toPerson(claims, { groupsClaim: "groups", grants });
  expect({ actor: person.actor, roles: person.grants.length }).toEqual({ actor, roles });
});
