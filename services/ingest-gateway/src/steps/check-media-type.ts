import type { FastifyRequest } from "fastify";
import { getEndpoint } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";

/** Refuses bodies that the kind does not define, before they are read. Parameters (`charset`) are not looked at: the bytes count. */
export async function checkMediaType(request: FastifyRequest): Promise<void> {
  const { mediaTypes } = getEndpoint(request).kind.facts;
  const essence = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (mediaTypes !== null && !mediaTypes.includes(essence)) {
    throw new Problem("media_type_unsupported", {
      detail: `Send Content-Type: ${mediaTypes.join(" or ")}`,
      headers: { accept: mediaTypes.join(", ") },
    });
  }
  if (encoding !== "identity") {
    throw new Problem("media_type_unsupported", {
      detail: "Send the body without Content-Encoding: the signature covers plain bytes",
    });
  }
}
