import { html } from "@inlet/html";
import type { Access, Audit } from "@inlet/ledger";
import type { FastifyInstance } from "fastify";
import { pageWithoutMenu } from "../page/layout.ts";
import { Problem } from "../problem.ts";
import { COOKIE_OPTIONS, SESSION_COOKIE } from "./cookie.ts";

export interface SignInDeps {
  readonly access: Pick<Access, "takeSignInLink" | "createSession" | "revokeSession">;
  readonly audit: Pick<Audit, "append">;
  /** A session ends after so long, ms. */
  readonly sessionMs: number;
}

const ATTEMPTS = { max: 20, timeWindow: "1 minute" };

/** Signing in by a link that works once, and signing out. */
export function signInRoutes(app: FastifyInstance, { access, audit, sessionMs }: SignInDeps): void {
  app.get("/sign-in", async (request, reply) => {
    if (request.identity !== null) return reply.redirect("/");
    return reply.type("text/html").send(pageWithoutMenu("Sign in", askForLink));
  });

  // The link shows a button: what previews links in chats and mail scanners would use it up by a GET.
  app.get<{ Params: { secret: string } }>("/sign-in/:secret", async (request, reply) =>
    reply.type("text/html").send(pageWithoutMenu("Sign in", askToConfirm(request.params.secret))),
  );

  app.post<{ Params: { secret: string } }>(
    "/sign-in/:secret",
    { config: { rateLimit: ATTEMPTS } },
    async (request, reply) => {
      const link = await access.takeSignInLink(request.params.secret);
      if (link === null) {
        await audit.append({ actor: "unknown", action: "sign-in refused", origin: request.ip, detail: {} });
        throw new Problem(
          403,
          "link-not-good",
          "This link was used, is too old, or never was one. Make another: npx inlet console link",
        );
      }
      const { secret } = await access.createSession({ ...link, origin: request.ip, ttlMs: sessionMs });
      return reply
        .setCookie(SESSION_COOKIE, secret, { ...COOKIE_OPTIONS, maxAge: Math.floor(sessionMs / 1000) })
        .redirect("/", 303);
    },
  );

  app.post("/sign-out", async (request, reply) => {
    const { identity } = request;
    if (identity?.kind === "session") await access.revokeSession(identity.id, identity.actor);
    return reply.clearCookie(SESSION_COOKIE, COOKIE_OPTIONS).redirect("/sign-in", 303);
  });
}

const askForLink = html`<h1>Sign in</h1>
  <p>On the machine where Inlet runs:</p>
  <pre><code>npx inlet console link</code></pre>
  <p>It prints a link that signs you in once.</p>`;

const askToConfirm = (secret: string) =>
  html`<h1>Sign in</h1>
    <form method="post" action="/sign-in/${encodeURIComponent(secret)}">
      <button class="primary" autofocus>Sign in to Inlet</button>
    </form>`;
