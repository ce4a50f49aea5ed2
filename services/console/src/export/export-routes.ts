import { Readable } from "node:stream";
import { isAllowed } from "@inlet/domain";
import type { DeliveryFilter, ListedDelivery } from "@inlet/ledger";
import { emailFilter } from "@inlet/operations";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { badInput, notAllowed, signedOut } from "../problem.ts";
import type { ConsoleDeps } from "../screen.ts";
import { toDeliveryFilter } from "../screens/emails.ts";
import { formatRows } from "./format-rows.ts";

/** Of more than these the filter is to be narrower. */
const MOST_ROWS = 100_000;
const PAGE = 1_000;

const query = emailFilter.extend({ format: z.enum(["csv", "json"]).default("csv") });
const TYPES = { csv: "text/csv; charset=utf-8", json: "application/json; charset=utf-8" } as const;

/** What a list shows as a file: the same filter, no content, no addresses; audited by filter before, and by count after. */
export function exportRoutes(app: FastifyInstance, deps: Pick<ConsoleDeps, "ledger" | "now">): void {
  const perPerson = {
    rateLimit: {
      max: 10,
      timeWindow: "1 minute",
      keyGenerator: (request: FastifyRequest) => request.identity?.actor ?? request.ip,
    },
  };
  for (const path of ["/emails/export", "/api/v1/emails/export"])
    app.get(path, { config: perPerson }, async (request, reply) => {
      const { identity, ip } = request;
      if (identity === null) throw signedOut();
      const parsed = query.safeParse(request.query);
      if (!parsed.success) throw badInput(parsed.error.issues.map(({ message }) => message).join("; "));
      const { format, ...filter } = parsed.data;
      const tenant = filter.tenant ?? null;
      if (!isAllowed(identity.grants, null, tenant)) throw notAllowed(`a role for ${tenant ?? "every tenant"}`);
      const audit = async (action: string, more: object) =>
        deps.ledger.auditLog.append({
          actor: identity.actor,
          action,
          origin: ip,
          ...(tenant === null ? {} : { tenant }),
          detail: { filter, format, ...more },
        });
      const wanted = toDeliveryFilter(filter, deps.now());
      await audit("export begun", {});
      const pages = readPages(deps, wanted, async (rows) => audit("export ended", { rows }));
      return reply
        .type(TYPES[format])
        .header("content-disposition", `attachment; filename="inlet-emails.${format}"`)
        .send(Readable.from(formatRows(pages, format)));
    });
}

/** Page after page; `ended` hears how many rows went, also where the reader left. */
async function* readPages(
  { ledger }: Pick<ConsoleDeps, "ledger">,
  filter: Omit<DeliveryFilter, "limit" | "from">,
  ended: (rows: number) => Promise<void>,
): AsyncGenerator<ListedDelivery[]> {
  let rows = 0;
  let from: DeliveryFilter["from"];
  try {
    while (rows < MOST_ROWS) {
      const page = await ledger.inspect.list({ ...filter, limit: PAGE, from });
      rows += page.length;
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      from = { place: last, way: "after" };
    }
  } finally {
    await ended(rows);
  }
}
