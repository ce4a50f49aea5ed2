import { html } from "@inlet/html";
import type { Access, Audit } from "@inlet/ledger";
import type { FastifyInstance, FastifyReply } from "fastify";
import { pageWithoutMenu } from "../page/layout.ts";
import { Problem } from "../problem.ts";
import { COOKIE_OPTIONS, SESSION_COOKIE } from "./cookie.ts";
import { FLOW_COOKIE, FLOW_COOKIE_OPTIONS, readFlow, writeFlow } from "./flow-cookie.ts";
import { IdentityRefusedError, type IdentityProvider, type SignedInPerson } from "./identity-provider.ts";

export interface SignInDeps {
  readonly access: Pick<Access, "takeSignInLink" | "createSession" | "revokeSession">;
  readonly audit: Pick<Audit, "append">;
  /** Null: by links alone. */
  readonly provider: IdentityProvider | null;
  readonly origin: string;
  /** A session ends after so long, ms. */
  readonly sessionMs: number;
}

const ATTEMPTS = { config: { rateLimit: { max: 20, timeWindow: "1 minute" } } };

/** Signing in, by the identity provider or by a link that works once, and signing out. */
export function signInRoutes(app: FastifyInstance, deps: SignInDeps): void {
  const { access, audit, provider, origin } = deps;

  async function signIn(reply: FastifyReply, person: SignedInPerson, ip: string): Promise<FastifyReply> {
    const { secret } = await access.createSession({ ...person, origin: ip, ttlMs: deps.sessionMs });
    return reply
      .setCookie(SESSION_COOKIE, secret, { ...COOKIE_OPTIONS, maxAge: Math.floor(deps.sessionMs / 1000) })
      .redirect("/", 303);
  }

  async function refuse(ip: string, why: string): Promise<never> {
    await audit.append({ actor: "unknown", action: "sign-in refused", origin: ip, detail: { why } });
    throw new Problem(
      403,
      "sign-in-refused",
      WHY[why] ??
        "The identity provider's answer cannot be relied on. Sign in again; the console's audit has the code.",
    );
  }

  app.get("/sign-in", async (request, reply) => {
    if (request.identity !== null) return reply.redirect("/");
    return reply.type("text/html").send(pageWithoutMenu("Sign in", provider === null ? askForLink : askForProvider));
  });

  if (provider !== null) {
    app.post("/sign-in/begin", ATTEMPTS, async (_, reply) => {
      const { url, flow } = await provider.begin();
      return reply.setCookie(FLOW_COOKIE, writeFlow(flow), FLOW_COOKIE_OPTIONS).redirect(url, 303);
    });

    app.get("/sign-in/callback", ATTEMPTS, async (request, reply) => {
      const flow = readFlow(request.cookies[FLOW_COOKIE]);
      void reply.clearCookie(FLOW_COOKIE, COOKIE_OPTIONS);
      if (flow === null) return refuse(request.ip, "not_begun");
      const person = await provider.finish(new URL(request.url, origin), flow).catch(async (error: unknown) => {
        if (!(error instanceof IdentityRefusedError)) throw error;
        return refuse(request.ip, error.message);
      });
      return person.grants.length === 0 ? refuse(request.ip, "no_role") : signIn(reply, person, request.ip);
    });
  }

  // The link shows a button: what previews links in chats and scans mail would use it up by a GET.
  app.get<{ Params: { secret: string } }>("/sign-in/link/:secret", async (request, reply) =>
    reply.type("text/html").send(pageWithoutMenu("Sign in", askToConfirm(request.params.secret))),
  );

  app.post<{ Params: { secret: string } }>("/sign-in/link/:secret", ATTEMPTS, async (request, reply) => {
    const person = await access.takeSignInLink(request.params.secret);
    return person === null ? refuse(request.ip, "link_not_good") : signIn(reply, person, request.ip);
  });

  app.post("/sign-out", async (request, reply) => {
    const { identity } = request;
    if (identity?.kind === "session") await access.revokeSession(identity.id, identity.actor);
    const next = (await provider?.signOutUrl().catch(() => null)) ?? "/sign-in";
    return reply.clearCookie(SESSION_COOKIE, COOKIE_OPTIONS).redirect(next, 303);
  });
}

const WHY: Readonly<Record<string, string>> = {
  link_not_good: "This link was used, is too old, or never was one. Make another: npx inlet console link",
  no_role: "You are known, and no group of yours has a role here (OIDC_GRANTS). Ask who runs Inlet.",
  not_begun: "This browser did not begin to sign in here, or took longer than ten minutes. Begin again.",
};

const askForLink = html`<h1>Sign in</h1>
  <p>On the machine where Inlet runs:</p>
  <pre><code>npx inlet console link</code></pre>
  <p>It prints a link that signs you in once.</p>`;

const askForProvider = html`<h1>Sign in</h1>
  <form method="post" action="/sign-in/begin"><button class="primary" autofocus>Sign in</button></form>`;

const askToConfirm = (secret: string) =>
  html`<h1>Sign in</h1>
    <form method="post" action="/sign-in/link/${encodeURIComponent(secret)}">
      <button class="primary" autofocus>Sign in to Inlet</button>
    </form>`;
