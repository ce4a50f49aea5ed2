import { tenantJsonSchema, readTenant } from "@inlet/config";
import { SOURCE_KINDS } from "@inlet/sources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestGateway, buildTenants } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";
import { toy, type ToySettings } from "../testing/toy-source.ts";

/** What a folder of packages/sources and one line in its registry bring, by a kind that only says hello. */
const sourceKinds = [...SOURCE_KINDS, toy];
const read = (source: string, kinds = sourceKinds) =>
  readTenant(
    "acme",
    `name: Acme\nsources: { post: ${source} }\nmailboxes: {}\ncrm: { kind: hubspot, token: "env:KEY" }\n`,
    { where: "acme.yaml", env: { KEY: "open-sesame-open-sesame" }, baseDir: ".", sourceKinds: kinds },
  );
const WRITTEN = '{ kind: toy, secrets: ["env:KEY"], greeting: hello }';

describe("a toy kind", () => {
  let gateway: TestGateway;
  const source = read(WRITTEN).tenant?.sources.get("post") as ToySettings;
  beforeAll(async () => {
    const { tenant } = read(WRITTEN);
    if (tenant === null) throw new Error("the toy's file has faults");
    gateway = await startTestGateway({ tenants: buildTenants(tenant), sourceKinds, now: Date.now });
  });
  afterAll(async () => gateway.app.close());

  const send = async (secret: string) => {
    const mime = Buffer.from("From: a@x.example\r\nSubject: toy\r\n\r\nhi");
    const sending = { mime, asItIs: false, deliveryId: "d1", privateKey: null, rawForm: false, now: Date.now() };
    const { headers, body } = await toy.encoder!.encode({ ...sending, secret }, source);
    return gateway.app.inject({ method: "POST", url: "/v1/inbound/acme/post", headers, payload: body });
  };

  test("is written in a tenant's file with a field of its own", () => {
    expect(source).toMatchObject({ kind: "toy", greeting: "hello", maxBodyBytes: 1000 });
    expect(read("{ kind: toy }").faults.map(({ field }) => field)).toEqual(["sources.post.secrets"]);
    expect(read('{ kind: raw-mime, secrets: ["env:KEY"], greeting: hello }').faults).toMatchObject([
      { field: "sources.post.greeting", remedy: "Remove it: only toy takes it" },
    ]);
  });

  test("is not there without its line", () => {
    expect(read(WRITTEN, [...SOURCE_KINDS]).faults.map(({ field }) => field)).toContain("sources.post.kind");
    expect(JSON.stringify(tenantJsonSchema())).not.toContain("toy");
  });

  test("is posted to, verified, answered as its senders want it, kept, and read", async () => {
    expect((await send("wrong")).statusCode).toBe(401);
    const answer = await send("open-sesame-open-sesame");
    expect(answer.statusCode).toBe(299);
    const [event] = await gateway.events();
    expect(event).toMatchObject({ source: { name: "post", kind: "toy", deliveryId: "d1" } });
    expect(await toy.parse(event?.body as Buffer, "text/toy")).toMatchObject({
      kind: "email",
      email: { subject: "toy" },
    });
  });

  test("refuses another media type, and more than it sends", async () => {
    const post = { method: "POST", url: "/v1/inbound/acme/post" } as const;
    const json = { "content-type": "application/json" };
    expect((await gateway.app.inject({ ...post, headers: json, payload: "{}" })).statusCode).toBe(415);
    const large = { "content-type": "text/toy" };
    expect((await gateway.app.inject({ ...post, headers: large, payload: "x".repeat(1001) })).statusCode).toBe(413);
  });
});
