import { randomUUID } from "node:crypto";
import multipart from "@fastify/multipart";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";

/** `unique-key`: a second record of one external_id is refused with 409. `idempotency-key`: the same key answers with the same record. */
export type Guard = "unique-key" | "idempotency-key";

/** Fields that hold ids of other records. */
const REFERENCES = { contact: "contacts", company: "companies", deal: "deals", files: "files" } as const;

/** What such APIs take for an address. */
const ADDRESS = /^[\w.+-]+@([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i;

const STAGES = ["new", "qualified", "won", "lost"];

type StoredRecord = { id: string; external_id: string } & Record<string, unknown>;

/** An API as docs/guides/http-crm.md describes one: contacts, companies, deals, activities, files and tasks, with state. */
export async function startJsonApi(
  guard: Guard,
  onUpdate: (idempotencyKey: unknown) => void = () => {},
): Promise<{
  readonly origin: string;
  all(collection: string): readonly StoredRecord[];
  /** As a person would; gives its id. */
  add(collection: string, fields: Record<string, unknown>): string;
  change(collection: string, id: string, fields: Record<string, unknown>): void;
  remove(collection: string, id: string): void;
  /** Every POST to it is forbidden, until that is taken back. */
  forbid(collection: string): () => Promise<void>;
  /** Every record of it must have the field, until that is taken back. */
  require(collection: string, field: string): () => Promise<void>;
  /** From now on reads of `from` answer with `into`. */
  merge(collection: string, into: string, from: string): void;
  close(): Promise<void>;
}> {
  const collections = new Map<string, StoredRecord[]>(
    ["contacts", "companies", "deals", "activities", "files", "tasks"].map((name) => [name, []]),
  );
  const byIdempotencyKey = new Map<string, StoredRecord>();
  const updates = new Set<string>();
  const forbidden = new Set<string>();
  const required = new Map<string, string>();
  const merged = new Map<string, string>();
  const of = (name: string): StoredRecord[] => collections.get(name) ?? [];
  const app: FastifyInstance = fastify();
  await app.register(multipart);
  app.addHook("onRequest", async (request, reply) => {
    if (request.headers.authorization !== "Bearer token-of-demo") await reply.code(401).send({ error: "token" });
  });
  app.get("/me", async () => ({ data: { name: "Inlet" } }));
  app.get<{ Params: { name: string }; Querystring: Record<string, string> }>("/:name", async (request) => ({
    data: of(request.params.name).filter((record) =>
      Object.entries(request.query).every(([name, value]) => record[name] === value),
    ),
  }));
  app.get<{ Params: { name: string; id: string } }>("/:name/:id", async (request, reply) => {
    if (!/^[0-9a-f-]{36}$/.test(request.params.id)) return reply.code(400).send({ error: "not the form of an id" });
    const id = merged.get(request.params.id) ?? request.params.id;
    const record = of(request.params.name).find((each) => each.id === id);
    return record === undefined ? reply.code(404).send({ error: "not found" }) : { data: record };
  });
  app.post<{ Params: { name: string }; Body: Record<string, unknown> | undefined }>(
    "/:name",
    async (request, reply) => {
      if (forbidden.has(request.params.name)) return reply.code(403).send({ error: "not allowed" });
      const fields = request.isMultipart() ? await readForm(request.parts()) : (request.body ?? {});
      const idempotencyKey = String(request.headers["idempotency-key"]);
      const before = byIdempotencyKey.get(idempotencyKey);
      if (guard === "idempotency-key" && before !== undefined) return { data: before };
      const externalId = String(fields["external_id"]);
      const { email, stage } = fields;
      const missing = required.get(request.params.name) ?? "";
      const refused = [
        ...(typeof email === "string" && !ADDRESS.test(email) ? ["email"] : []),
        ...(typeof stage === "string" && !STAGES.includes(stage) ? ["stage"] : []),
        ...(missing === "" || missing in fields ? [] : [missing]),
      ];
      // As APIs do it: by their own names, or as RFC 9457 says.
      if (refused.length > 0)
        return guard === "unique-key"
          ? reply.code(422).send({ errors: Object.fromEntries(refused.map((name) => [name, ["is invalid"]])) })
          : reply.code(400).send({ errors: refused.map((name) => ({ detail: "no good", pointer: `#/${name}` })) });
      if (guard === "unique-key" && of(request.params.name).some((record) => record.external_id === externalId)) {
        return reply.code(409).send({ error: "external_id is taken" });
      }
      for (const [name, collection] of Object.entries(REFERENCES)) {
        const ids = [fields[name] ?? []].flat();
        if (ids.every((id) => of(collection).some((each) => each.id === id))) continue;
        // As APIs do it: the one says that something is not found, the other that a value is no good.
        const status = guard === "unique-key" ? 404 : 422;
        return reply.code(status).send({ error: `there is no such ${name}` });
      }
      const record: StoredRecord = { ...fields, id: randomUUID(), external_id: externalId };
      of(request.params.name).push(record);
      byIdempotencyKey.set(idempotencyKey, record);
      return reply.code(201).send({ data: record });
    },
  );
  app.patch<{ Params: { name: string; id: string }; Body: Record<string, unknown> }>(
    "/:name/:id",
    async (request, reply) => {
      const record = of(request.params.name).find(({ id }) => id === request.params.id);
      if (record === undefined) return reply.code(404).send({ error: "not found" });
      // A key that was seen is a repetition: nothing is changed again.
      const idempotencyKey = String(request.headers["idempotency-key"]);
      onUpdate(idempotencyKey);
      if (guard === "idempotency-key" && updates.has(idempotencyKey)) return { data: record };
      const { add_tags: added = [], stage, ...changed } = request.body;
      if (stage !== undefined && !STAGES.includes(stage as string))
        return reply.code(422).send({ error: "no such stage" });
      updates.add(idempotencyKey);
      const tags = { tags: [...new Set([...((record["tags"] ?? []) as string[]), ...(added as string[])])] };
      return { data: Object.assign(record, changed, tags, stage === undefined ? {} : { stage }) };
    },
  );
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    origin,
    all: of,
    add: (name, fields) => {
      const record: StoredRecord = { ...fields, id: randomUUID(), external_id: "" };
      of(name).push(record);
      return record.id;
    },
    change: (name, id, fields) => {
      const record = of(name).find((each) => each.id === id);
      if (record === undefined) throw new Error(`no ${id} in ${name}`);
      Object.assign(record, fields);
    },
    forbid: (name) => {
      forbidden.add(name);
      return async () => void forbidden.delete(name);
    },
    require: (name, field) => {
      required.set(name, field);
      return async () => void required.delete(name);
    },
    remove: (name, id) => {
      const records = of(name);
      records.splice(
        records.findIndex((record) => record.id === id),
        1,
      );
    },
    merge: (name, into, from) => {
      const records = of(name);
      records.splice(
        records.findIndex((record) => record.id === from),
        1,
      );
      merged.set(from, into);
    },
    close: async () => app.close(),
  };
}

async function readForm(parts: AsyncIterable<unknown>): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for await (const part of parts as AsyncIterable<
    | { type: "field"; fieldname: string; value: unknown }
    | { type: "file"; fieldname: string; filename: string; toBuffer: () => Promise<Buffer> }
  >) {
    if (part.type === "field") fields[part.fieldname] = part.value;
    else Object.assign(fields, { filename: part.filename, content: (await part.toBuffer()).toString("base64") });
  }
  return fields;
}
