import { Readable } from "node:stream";
import type { AuditFilter } from "@inlet/ledger";
import type { FastifyInstance } from "fastify";
import { identifyViewer, parse, requireRole } from "../routes.ts";
import type { ConsoleDeps } from "../screen.ts";
import { auditFilter, toAuditFilter } from "../screens/audit.ts";

const PAGE = 1_000;

/** The audit as its page filters it, newest first, a line of JSON each; the export stands in the audit itself, before a line goes. */
export function auditExportRoutes(app: FastifyInstance, { ledger, now }: Pick<ConsoleDeps, "ledger" | "now">): void {
  for (const path of ["/audit/export", "/api/v1/audit/export"])
    app.get(path, { config: { rateLimit: { max: 10, timeWindow: "1 minute" } } }, async (request, reply) => {
      const viewer = identifyViewer(request);
      const asked = parse(auditFilter, request.query as object);
      requireRole(viewer, "administer", asked.tenant ?? null);
      const filter = toAuditFilter(asked, now());
      await ledger.auditLog.append({
        actor: viewer.actor,
        action: "audit exported",
        origin: viewer.ip,
        ...(asked.tenant === undefined ? {} : { tenant: asked.tenant }),
        detail: { filter: asked },
      });
      return reply
        .type("application/x-ndjson; charset=utf-8")
        .header("content-disposition", 'attachment; filename="inlet-audit.jsonl"')
        .send(Readable.from(readLines(ledger, filter)));
    });
}

async function* readLines(
  { auditLog }: Pick<ConsoleDeps["ledger"], "auditLog">,
  filter: Omit<AuditFilter, "limit">,
): AsyncGenerator<string> {
  let beforeId: number | undefined;
  for (;;) {
    const entries = await auditLog.list({ ...filter, beforeId, limit: PAGE });
    if (entries.length > 0) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    beforeId = entries.at(-1)?.id;
    if (entries.length < PAGE) return;
  }
}
