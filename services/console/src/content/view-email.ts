import { countRemoteImages } from "@inlet/email";
import type { Mailbox, NormalizedEvent } from "@inlet/schemas";
import { notFound, Problem } from "../problem.ts";
import type { ConsoleDeps, Viewer } from "../screen.ts";
import { describeAbsence, isAbsent, type Absent, type EmailReading } from "./content-store.ts";
import { downloadPath, framePath } from "./paths.ts";
import { readView, signView, type GrantedView } from "./view-token.ts";

/** What the full view of an email is asked for with. */
export interface ViewQuery {
  readonly tenant: string;
  readonly eventId: string;
  /** Of a view that was allowed before, or of a reason that was given. */
  readonly v?: string | undefined;
  /** Load remote images; of an email that was looked at before. */
  readonly remote?: "yes" | undefined;
}

/** What the page and the API show. */
export type ViewData =
  /** The tenant wants to know why; nothing was looked at. */
  | { readonly needs: "reason" }
  | {
      readonly needs: null;
      readonly view: string;
      readonly email: ShownEmail | null;
      readonly absent: ShownAbsence | null;
      readonly raw: string | null;
    };

interface ShownAbsence {
  readonly kind: Absent["kind"];
  readonly what: string;
}

export interface ShownEmail {
  readonly subject: string | null;
  readonly from: Mailbox | null;
  readonly sender: Mailbox | null;
  readonly replyTo: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  /** Epoch ms, as the sender's clock had it. */
  readonly date: number | null;
  readonly messageId: string | null;
  readonly auth: NormalizedEvent["auth"];
  readonly spamVerdict: string | null;
  readonly text: string | null;
  /** Address of the sanitized html, to be shown in a frame; null where there is none. */
  readonly html: string | null;
  readonly remoteImages: number;
  readonly remoteShown: boolean;
  readonly headers: EmailReading["headers"];
  readonly attachments: readonly ShownAttachment[];
  readonly lost: EmailReading["lost"];
}

export interface ShownAttachment {
  readonly filename: string | null;
  readonly contentType: string;
  readonly size: number;
  readonly verdict: string;
  readonly inline: boolean;
  /** Why it was refused. */
  readonly why: string | null;
  /** Address of the download; null where it cannot be had. */
  readonly download: string | null;
}

/**
 * The content of an email for one viewer. Whatever is shown stands in the audit first: where that cannot be written, nothing is shown. The role is
 * the caller's to check.
 */
export async function viewEmail(deps: ConsoleDeps, query: ViewQuery, viewer: Viewer): Promise<ViewData> {
  const { ledger, content, now } = deps;
  const { tenant, eventId } = query;
  const delivery = await ledger.inspect.delivery(tenant, eventId);
  if (delivery === null) throw notFound(`email ${eventId} of ${tenant}`);
  const asked = { viewer: viewer.id, tenant, eventId, now: now() };
  const seen = query.v === undefined ? null : readView(content.keys, "seen", query.v, asked);
  const given = seen ?? (query.v === undefined ? null : readView(content.keys, "reason", query.v, asked));
  if (given === null && content.needsReason(tenant)) return { needs: "reason" };

  await takeTurn(deps, tenant, eventId, viewer);
  // By a link from elsewhere the images are not loaded: only from the page that has said what that means.
  const remote = query.remote === "yes" && seen !== null;
  const granted: GrantedView = { viewer: viewer.id, tenant, eventId, reason: given?.reason ?? null, remote };
  await auditContent(deps, viewer, remote ? "email.remote-images" : "email.view", granted);

  const view = signView(content.keys, "seen", granted, now());
  const reading = await content.store.readEmail(delivery);
  const infected = delivery.warnings.some((warning) => warning.startsWith("attachment_infected"));
  const raw = infected || delivery.raw === null ? null : downloadPath(granted, "raw", view);
  if (isAbsent(reading))
    return { needs: null, view, email: null, absent: { kind: reading.kind, what: describeAbsence(reading) }, raw };
  return { needs: null, view, email: toShownEmail(reading, granted, view), absent: null, raw };
}

/** One line of the audit: who saw what, and why; no content. Throws where it cannot be written. */
export async function auditContent(
  { ledger }: Pick<ConsoleDeps, "ledger">,
  viewer: Viewer,
  action: "email.view" | "email.remote-images" | "email.download",
  { tenant, eventId, reason }: GrantedView,
  what: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const detail = { eventId, ...what, ...(reason === null ? {} : { reason }) };
  await ledger.auditLog.append({ actor: viewer.actor, action, tenant, origin: viewer.ip, detail });
}

/** One view of a person's share; throws where there is none left. */
export async function takeTurn(
  { ledger, content }: ConsoleDeps,
  tenant: string,
  eventId: string,
  { actor, ip }: Viewer,
): Promise<void> {
  const turn = content.limit.take(actor);
  if (turn.allowed) return;
  if (turn.isFirst)
    await ledger.auditLog.append({
      actor,
      action: "email.view refused",
      tenant,
      origin: ip,
      detail: { eventId, why: "too many views" },
    });
  throw new Problem(
    429,
    "too-many-views",
    `You have looked at many emails in a short time. The next one can be opened in ${turn.waitSeconds} s.`,
  );
}

function toShownEmail(
  { event, text, html, headers, lost }: EmailReading,
  granted: GrantedView,
  view: string,
): ShownEmail {
  const { subject, from, sender, replyTo, to, cc, date, messageId, auth, spamVerdict } = event;
  return {
    subject,
    from,
    sender,
    replyTo,
    to,
    cc,
    date,
    messageId,
    auth,
    spamVerdict,
    text,
    html: html === null ? null : framePath(granted, view),
    remoteImages: html === null ? 0 : countRemoteImages(html),
    remoteShown: granted.remote,
    headers,
    attachments: listAttachments(event, granted, view),
    lost,
  };
}

function listAttachments(event: NormalizedEvent, granted: GrantedView, view: string): ShownAttachment[] {
  const reasons = {
    refused: event.warnings.filter((warning) => warning.startsWith("attachment_refused: ")),
    infected: event.warnings.filter((warning) => warning.startsWith("attachment_infected: ")),
  };
  return event.attachments.map((file, index) => {
    const { filename, contentType, size, verdict, inline } = file;
    // A warning a file, in the email's order.
    const why = verdict === "refused" || verdict === "infected" ? (reasons[verdict].shift() ?? verdict) : null;
    const download = isDownloadable(file) ? downloadPath(granted, index, view) : null;
    return { filename, contentType, size, verdict, inline, why, download };
  });
}

/** Refused and infected files are never handed out; what is not stored cannot be. */
export function isDownloadable({ verdict, blob }: NormalizedEvent["attachments"][number]): boolean {
  return blob !== null && (verdict === "clean" || verdict === "unscanned");
}
