import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { STYLE } from "./style.ts";

const SCRIPTS = ["app.js", "tail.js"].map((name) => ({
  path: `/${name}`,
  text: readFileSync(new URL(`../../client/${name}`, import.meta.url), "utf8"),
}));

const KEPT = "max-age=3600";

/** The style sheet and the scripts: everything that pages load. */
export function assetRoutes(app: FastifyInstance): void {
  app.get("/style.css", async (_, reply) => reply.type("text/css").header("cache-control", KEPT).send(STYLE));
  for (const { path, text } of SCRIPTS)
    app.get(path, async (_, reply) => reply.type("text/javascript").header("cache-control", KEPT).send(text));
}
