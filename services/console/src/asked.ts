import type { Asked } from "@inlet/operations";
import type { FastifyRequest } from "fastify";

/** How a change is asked for beside what: by a header and fields of the API, by hidden fields of a form. */
export function readAsked({ body, headers }: Pick<FastifyRequest, "body" | "headers">): Asked {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const readText = (given: unknown): string | null => (typeof given === "string" && given !== "" ? given : null);
  return {
    key: readText(headers["idempotency-key"]) ?? readText(fields["idempotencyKey"]),
    confirm: readText(fields["confirm"]),
    dryRun: fields["dryRun"] === true || fields["dryRun"] === "true",
  };
}
