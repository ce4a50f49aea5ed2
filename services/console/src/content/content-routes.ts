import { create as buildDisposition } from "content-disposition";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { notFound, Problem } from "../problem.ts";
import { identifyViewer, parse, requireRole } from "../routes.ts";
import { eventId, tenantId } from "../screens/fields.ts";
import type { ConsoleDeps } from "../screen.ts";
import { describeAbsence, isAbsent, type Absent } from "./content-store.ts";
import { buildFrame, framePolicy } from "./frame.ts";
import { contentPath, PICTURE_PATH } from "./paths.ts";
import { auditContent, isDownloadable } from "./view-email.ts";
import { readPicture, readView, type GrantedView } from "./view-token.ts";

const asked = z.object({ tenant: tenantId, eventId, v: z.string().max(4_096).default("") });
const askedFile = asked.extend({ index: z.coerce.number().int().min(0).max(10_000) });

/** What belongs to the full view of an email: the frame with its html, its pictures, its files. Each but pictures needs a role and a view that stands in the audit. */
export function contentRoutes(app: FastifyInstance, deps: ConsoleDeps & { readonly origin: string }): void {
  const { content, origin, now } = deps;

  app.get("/e/:tenant/:eventId/frame", async (request, reply) => {
    const { granted } = await admit(deps, request, asked);
    const reading = await content.store.readEmail(await findPlaces(deps, granted));
    if (isAbsent(reading)) throw toProblem(reading);
    return reply
      .header("content-security-policy", framePolicy(origin))
      .header("referrer-policy", "no-referrer")
      .type("text/html")
      .send(buildFrame(reading, { keys: content.keys, origin, remote: granted.remote, now: now() }));
  });

  app.get("/e/:tenant/:eventId/files/:index", async (request, reply) => {
    const { granted, query, viewer } = await admit(deps, request, askedFile);
    const reading = await content.store.readEmail(await findPlaces(deps, granted));
    if (isAbsent(reading)) throw toProblem(reading);
    const file = reading.event.attachments[query.index];
    if (file === undefined) throw notFound(`file ${query.index} of this email`);
    if (file.blob === null || !isDownloadable(file))
      throw new Problem(409, "file-withheld", `This file is not handed out: it is ${file.verdict}.`);
    await auditContent(deps, viewer, "email.download", granted, { file: query.index, sha256: file.sha256 });
    const stored = await content.store.readFile(file.blob);
    if (isAbsent(stored)) throw toProblem(stored);
    return sendFile(reply, stored.bytes, file.filename ?? "attachment");
  });

  app.get("/e/:tenant/:eventId/raw", async (request, reply) => {
    const { granted, viewer } = await admit(deps, request, asked);
    const { warnings, ...places } = await findPlaces(deps, granted);
    if (warnings.some((warning) => warning.startsWith("attachment_infected")))
      throw new Problem(409, "file-withheld", "What came in is not handed out: a scan found malware in it.");
    await auditContent(deps, viewer, "email.download", granted, { file: "raw" });
    const raw = await content.store.readRaw(places);
    if (isAbsent(raw)) throw toProblem(raw);
    return sendFile(reply, raw.bytes, `${granted.eventId}.${toExtension(raw.contentType)}`);
  });

  for (const from of ["email", "elsewhere"] as const)
    app.get(`${PICTURE_PATH[from]}*`, async (request: FastifyRequest<{ Params: { "*": string } }>, reply) => {
      const picture = readPicture(content.keys, from, request.params["*"], now());
      if (picture === null) throw notFound("such picture");
      if (picture === "expired")
        throw new Problem(410, "link-expired", "Open the email again: its pictures' links are over.");
      const found =
        picture.from === "email" ? await content.store.readFile(picture.blob) : await content.fetchImage(picture.url);
      if (isAbsent(found)) throw toProblem(found);
      if (found.kind === "refused") throw new Problem(404, "image-refused", `The image is not shown: ${found.why}.`);
      const contentType =
        picture.from === "email" ? picture.contentType : found.kind === "image" ? found.contentType : "";
      return (
        reply
          .header("content-security-policy", "default-src 'none'; sandbox")
          // The frame has no origin of its own: for it everything comes from elsewhere.
          .header("cross-origin-resource-policy", "cross-origin")
          .type(contentType)
          .send(found.bytes)
      );
    });
}

/** Who may, for what they were let see; else they go to the view, which asks. */
async function admit<T extends { tenant: string; eventId: string; v: string }>(
  { content, now }: ConsoleDeps,
  request: FastifyRequest,
  schema: z.ZodType<T>,
) {
  const viewer = identifyViewer(request);
  const query = parse(schema, { ...(request.query as object), ...(request.params as object) });
  requireRole(viewer, "view", query.tenant);
  const { tenant, eventId: id, v } = query;
  const granted = readView(content.keys, "seen", v, { viewer: viewer.id, tenant, eventId: id, now: now() });
  if (granted === null)
    throw new Problem(410, "view-over", `Open the email again: ${contentPath({ tenant, eventId: id })}`);
  return { viewer, query, granted };
}

async function findPlaces({ ledger }: ConsoleDeps, { tenant, eventId: id }: GrantedView) {
  const delivery = await ledger.inspect.delivery(tenant, id);
  if (delivery === null) throw notFound(`email ${id} of ${tenant}`);
  return delivery;
}

/** As a download that nothing can run in, whatever it is. */
function sendFile(reply: FastifyReply, bytes: Buffer, filename: string): FastifyReply {
  return reply
    .header("content-security-policy", "default-src 'none'; sandbox")
    .header("content-disposition", buildDisposition(filename, { type: "attachment" }))
    .type("application/octet-stream")
    .send(bytes);
}

function toExtension(contentType: string): string {
  if (/^message\/rfc822\b/i.test(contentType)) return "eml";
  return /^application\/json\b/i.test(contentType) ? "json" : "bin";
}

function toProblem(absent: Absent): Problem {
  return new Problem(
    absent.kind === "away" ? 503 : 404,
    `content-${absent.kind.replaceAll("_", "-")}`,
    describeAbsence(absent),
  );
}
