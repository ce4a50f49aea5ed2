import { isAllowed } from "@inlet/domain";
import { recipientParts } from "@inlet/mailboxes";
import type { TriedEmail } from "@inlet/try-email";
import { z } from "zod";
import { isAbsent, describeAbsence } from "../content/content-store.ts";
import { auditContent, takeTurn } from "../content/view-email.ts";
import { badInput, notAllowed, notFound, Problem } from "../problem.ts";
import { eventId, optional, tenantId } from "../screens/fields.ts";
import type { ConsoleDeps, Viewer } from "../screen.ts";
import type { TriedDelivery } from "./try-deps.ts";

/** Of an email that is tried: as large as nearly all are, bytes. */
export const LARGEST_TRY = 10 * 1024 * 1024;

export const tryInput = z.object({
  tenant: tenantId,
  /** As it was sent: MIME, or signed JSON. */
  email: optional(z.string()),
  /** One that came, in place of it. */
  eventId: optional(eventId),
  /** The address that it reached, where its own headers do not say it. */
  to: optional(
    z
      .string()
      .max(320)
      .refine((text) => recipientParts(text) !== null, "is no address"),
  ),
  form: z.enum(["mime", "json"]).default("mime"),
  reason: optional(z.string().trim().max(200)),
});
export type TryInput = z.output<typeof tryInput>;

export type TryResult =
  | { readonly tenant: string; readonly error: { readonly code: string; readonly message: string } }
  | {
      readonly tenant: string;
      readonly error: null;
      /** As `inlet parse` says. */
      readonly parsed: TriedEmail["parsed"];
      /** As `inlet rules try` says. */
      readonly rules: TriedEmail["rules"];
      readonly contact: TriedEmail["event"]["contact"];
      readonly emailKey: string;
      readonly conversationId: string;
      /** What its delivery would come to. */
      readonly delivery: TriedDelivery;
    };

/** What would become of an email; nothing is written but the audit, where it is one that came. The role `ingest` is the caller's to check. */
export async function runTry(deps: ConsoleDeps, input: TryInput, viewer: Viewer): Promise<TryResult> {
  const { tenant: id, to, form } = input;
  const { tenant, faults } = deps.tries.readTenant(id) ?? {};
  if (tenant === undefined) throw notFound(`tenant ${id}`);
  if (tenant === null)
    throw new Problem(
      409,
      "tenant-broken",
      `The file of ${id} has faults (${faults?.length ?? 0}): npx inlet tenants check`,
    );
  const { bytes, file } =
    input.eventId === undefined ? readPasted(input.email, form) : await readDelivered(deps, input, viewer);
  const job = { bytes, file, recipient: to ?? null, tenant: { id, rules: tenant }, now: deps.now() };
  const tried = await deps.tries.pool.try(job);
  if ("error" in tried) return { tenant: id, error: tried.error };
  const { parsed, event, rules } = tried;
  const delivery = withoutFields(await deps.tries.preview(event), isAllowed(viewer.grants, "view", id));
  const { contact, emailKey, conversationId } = event;
  return { tenant: id, error: null, parsed, rules, contact, emailKey, conversationId, delivery };
}

function readPasted(email: string | undefined, form: "mime" | "json"): { bytes: Buffer; file: string } {
  if (email === undefined) throw badInput("email: paste one, or name one that came");
  return { bytes: Buffer.from(email), file: form === "json" ? "pasted.json" : "pasted.eml" };
}

/** An email that came, from where it is kept: who tries it sees its content, so it is a view of it. */
async function readDelivered(
  deps: ConsoleDeps,
  { tenant, eventId: id = "", reason }: TryInput,
  viewer: Viewer,
): Promise<{ bytes: Buffer; file: string }> {
  if (!isAllowed(viewer.grants, "view", tenant)) throw notAllowed(`the role view for ${tenant}`);
  const delivery = await deps.ledger.inspect.delivery(tenant, id);
  if (delivery === null) throw notFound(`email ${id} of ${tenant}`);
  if (deps.content.needsReason(tenant) && (reason ?? "").length < 5)
    throw badInput(`reason: ${tenant} wants to know why its emails are read; five characters or more`);
  const file = FILES[delivery.source.kind];
  if (file === undefined)
    throw new Problem(
      409,
      "not-tried",
      `It came in a form of its own (${delivery.source.kind}): paste the email itself.`,
    );
  await takeTurn(deps, tenant, id, viewer);
  const granted = { viewer: viewer.id, tenant, eventId: id, reason: reason ?? null, remote: false };
  await auditContent(deps, viewer, "email.view", granted, { tried: true });
  const raw = await deps.content.store.readRaw(delivery);
  if (isAbsent(raw)) throw new Problem(raw.kind === "away" ? 503 : 404, "content-absent", describeAbsence(raw));
  if (raw.bytes.length > LARGEST_TRY) throw new Problem(413, "too-large", "It is larger than 10 MiB.");
  return { bytes: raw.bytes, file };
}

/** Kinds of source whose posts hold the email as it was sent. */
const FILES: Readonly<Record<string, string>> = {
  "signed-json": "delivered.json",
  "raw-mime": "delivered.eml",
  smtp: "delivered.eml",
};

/** What stands in the CRM is for those who may see content. */
function withoutFields(delivery: TriedDelivery, mayView: boolean): TriedDelivery {
  if (!delivery.asked || mayView) return delivery;
  return { ...delivery, changes: delivery.changes.map((change) => ({ ...change, from: null })) };
}
