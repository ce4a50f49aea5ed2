import type { VerificationContext, VerificationFailure } from "@inlet/sources";
import type { FastifyReply, FastifyRequest } from "fastify";
import { getBody } from "../body/body.ts";
import { getEndpoint, getInbound } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";
import type { ProblemCode } from "../answers/problems.ts";
import { retryAfterSeconds } from "../answers/retry-after.ts";

const CODES = {
  missing: "signature_missing",
  malformed: "signature_malformed",
  stale: "timestamp_out_of_window",
  future: "timestamp_out_of_window",
  mismatch: "signature_mismatch",
  reused: "signature_reused",
} as const satisfies Record<VerificationFailure, ProblemCode>;

export interface OpenDeps {
  readonly now: () => number;
  /** {@link VerificationContext.bindToken}, for the tokens of one source. */
  readonly bindToken: (source: string, token: string, key: string, untilMs: number) => boolean;
  readonly certificate: VerificationContext["certificate"];
  /** Tells a provider that email may be sent here. Rejects when it does not hear. */
  readonly confirm: (url: string) => Promise<void>;
}

/** Refuses unsigned, stale and unauthenticated requests by their headers, before their body costs anything. */
export function checkHeaders(now: () => number) {
  return async function checkHeadersStep(request: FastifyRequest): Promise<void> {
    const { kind, source } = getEndpoint(request);
    const why = kind.verification.checkHeaders(request.headers, source, now());
    if (why !== null) throw toRefusal(request, why);
  };
}

/** Verifies the bytes as they came, before anything looks into them. What is not trusted goes no further and is not kept. */
export function openDelivery(deps: OpenDeps) {
  return async function openDeliveryStep(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { tenant, source, kind } = getEndpoint(request);
    const opened = await kind.verification.verify({ headers: request.headers, body: getBody(request) }, source, {
      now: deps.now(),
      bindToken: (token, key, untilMs) => deps.bindToken(`${tenant.id}/${source.name}`, token, key, untilMs),
      certificate: deps.certificate,
    });
    switch (opened.kind) {
      case "delivery":
        getInbound(request).delivery = opened.delivery;
        return;
      case "unverified":
        throw toRefusal(request, opened.why);
      case "undecided":
        throw new Problem("verification_unavailable", { detail: opened.what, retryAfter: retryAfterSeconds() });
      case "not_email":
        throw new Problem("not_email", { detail: `This is ${opened.what}: send it elsewhere` });
      case "confirmation":
        await deps.confirm(opened.url).catch((cause: unknown) => {
          const detail = "The subscription could not be confirmed";
          throw new Problem("verification_unavailable", { detail, retryAfter: retryAfterSeconds(), cause });
        });
        request.log.info({ tenant: tenant.id, source: source.name }, "subscription confirmed");
        return void (await reply.code(200).send({ confirmed: true }));
      case "notice":
        return void (await reply.code(200).send({ notice: opened.what }));
    }
  };
}

/** Amazon SNS sends the user and password of its URL only when it is asked for them. */
function toRefusal(request: FastifyRequest, why: VerificationFailure): Problem {
  getInbound(request).signatureFault = why;
  const { source, kind } = getEndpoint(request);
  const asks = source.basicAuth.reveal().length > 0 || kind.facts.byPassword === true;
  return new Problem(
    CODES[why],
    asks ? { headers: { "www-authenticate": 'Basic realm="inlet", charset="UTF-8"' } } : {},
  );
}
