import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { STYLE } from "./style.ts";

const SCRIPT = readFileSync(new URL("../../client/app.js", import.meta.url), "utf8");

const KEPT = "max-age=3600";

/** The style sheet and the script: everything that pages load. */
export function assetRoutes(app: FastifyInstance): void {
  app.get("/style.css", async (_, reply) => reply.type("text/css").header("cache-control", KEPT).send(STYLE));
  app.get("/app.js", async (_, reply) => reply.type("text/javascript").header("cache-control", KEPT).send(SCRIPT));
}
