import { z } from "zod";
import { list, url, type Variable } from "./variable.ts";

const GROUP_GRANT = /^[^=,]+=[a-z]+(?::[a-z0-9-]+)?(?:\|[a-z]+(?::[a-z0-9-]+)?)*$/;
const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The console: where it is, who signs in, what waits for a second person. */
export const CONSOLE_VARIABLES = {
  CONSOLE_URL: {
    meaning:
      "address under which people reach the console: https, or http on this machine alone, since its cookie opens everything",
    example: "https://inlet-console.example",
    need: "console",
    schema: url("http:", "https:")
      .transform((text) => new URL(text))
      .pipe(
        z.custom<URL>(
          (at) => at instanceof URL && (at.protocol === "https:" || LOCAL_HOSTS.has(at.hostname)),
          "is http, and not on this machine: anybody on the way could read the cookie",
        ),
      )
      .pipe(
        z.custom<URL>((at) => at instanceof URL && at.pathname === "/", "has a path: the console is a host of its own"),
      )
      .transform(({ origin }) => origin),
  },
  OIDC_ISSUER: {
    meaning:
      "identity provider by which people sign in to the console (OpenID Connect); without it, by links of `inlet console link`",
    example: "https://login.example/realms/acme",
    schema: url("http:", "https:").refine(
      (text) => text.startsWith("https:") || LOCAL_HOSTS.has(new URL(text).hostname),
      {
        error: "is http, and not on this machine: anybody on the way could sign in as anybody",
      },
    ),
  },
  OIDC_CLIENT_ID: { meaning: "the console's id at the provider", example: "inlet", schema: z.string() },
  OIDC_CLIENT_SECRET: {
    meaning: "the console's secret at the provider",
    example: "…",
    secret: true,
    schema: z.string(),
  },
  OIDC_GROUPS_CLAIM: {
    meaning: "claim of the id token that lists a person's groups",
    example: "groups",
    default: "groups",
    schema: z.string(),
  },
  OIDC_GRANTS: {
    meaning: "what each group may do: group=role or role:tenant, several with |; a person of no group may do nothing",
    example: "inlet-operators=process|replay,acme-support=process:acme",
    schema: list(z.string().regex(GROUP_GRANT, "is not group=role, group=role:tenant or several of these with |")),
  },
  FOUR_EYES: {
    meaning:
      "operations that wait until a second person approves them, by name (docs/reference/operations.md), with >N only those that touch more than N emails; the same for the console and for who runs commands on the machine",
    example: "dead-letters.discard,replay.create>1000",
    schema: list(z.string().regex(/^[a-z-]+\.[a-z-]+(>\d{1,9})?$/, "is not an operation's name, or name>N")),
  },
  TRACES_URL: {
    meaning: "address of Jaeger's pages, for links from an email to its trace (console)",
    example: "http://localhost:16686",
    schema: url("http:", "https:").transform((text) => text.replace(/\/+$/, "")),
  },
} as const satisfies Record<string, Variable>;
