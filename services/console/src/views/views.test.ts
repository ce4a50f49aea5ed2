import type { Grant } from "@inlet/ledger";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../../testing/seeded-console.ts";

/** Filters of the list of emails that people keep: whose they are, who sees them, what stands in the audit. */
let seeded: SeededConsole;
beforeAll(async () => {
  seeded = await openSeededConsole();
});
afterAll(async () => seeded.close());

async function signIn(actor: string, ...grants: Grant[]) {
  const headers = { cookie: `__Host-inlet=${await seeded.createSession(actor, ...grants)}`, origin: ORIGIN };
  return {
    look: async (url: string) => seeded.app.inject({ url, headers }),
    post: async (url: string, payload: object = {}) => seeded.app.inject({ method: "POST", url, headers, payload }),
    names: async (tenant: string): Promise<string[]> =>
      (await seeded.app.inject({ url: `/api/v1/emails?tenant=${tenant}`, headers }))
        .json()
        .views.map(({ name }: { name: string }) => name),
  };
}
const ofAcme = { role: "process", tenant: "acme" };
const ofGlobex = { role: "process", tenant: "globex" };
const ofAll = { role: "process", tenant: "*" };

it("a filter is kept as the list reads it, leads there, and is replaced under its name", async () => {
  const ada = await signIn("ada", ofAcme);
  const query = "domain=Customers.Example&limit=7&tenant=acme&state=written&after=x";
  const saved = await ada.post("/views", { name: "  their mail ", query });
  expect(saved.statusCode).toBe(303);
  expect(saved.headers.location).toBe("/emails?tenant=acme&state=written&domain=customers.example");
  const { body } = await ada.look("/emails?tenant=acme");
  const links = [...body.matchAll(/<a\s+href="([^"]+)"[^>]*>their mail</g)].map(([, href = ""]) =>
    href.replace(/&(amp|#38);/g, "&"),
  );
  expect(links).toEqual([saved.headers.location]);
  await ada.post("/views", { name: "their mail", query: "tenant=acme" });
  expect((await ada.look("/api/v1/emails?tenant=acme")).json().views).toMatchObject([
    { name: "their mail", query: "tenant=acme", owner: "ada", tenant: "acme", shared: false },
  ]);
});

it.each([
  ["a state that there is not", { name: "x", query: "tenant=acme&state=sent" }, 400],
  ["a time that cannot be read", { name: "x", query: "tenant=acme&since=yesterday" }, 400],
  ["no name", { name: " ", query: "tenant=acme" }, 400],
  ["a name with a line's end", { name: "a\nb", query: "tenant=acme" }, 400],
  ["another's tenant", { name: "x", query: "tenant=globex" }, 403],
  ["every tenant, with a role of one", { name: "x", query: "" }, 403],
])("%s is refused", async (_, payload, status) => {
  const bea = await signIn("bea", ofAcme);
  expect((await bea.post("/api/v1/views", payload)).statusCode).toBe(status);
  expect((await bea.names("acme")).includes("x")).toBe(false);
});

it("what is shared is seen by who may see its emails; what is not, by its owner alone", async () => {
  const owner = await signIn("cleo", ofAll);
  await owner.post("/views", { name: "all's", query: "state=waiting", shared: "on" });
  await owner.post("/views", { name: "globex's", query: "tenant=globex", shared: "on" });
  await owner.post("/views", { name: "mine", query: "tenant=globex" });
  const cleos = (names: string[]) => names.filter((name) => ["all's", "globex's", "mine"].includes(name));
  expect(cleos(await owner.names("globex"))).toEqual(["all's", "globex's", "mine"]);
  expect(cleos(await (await signIn("dora", ofAll)).names("globex"))).toEqual(["all's", "globex's"]);
  expect(cleos(await (await signIn("emil", ofGlobex)).names("globex"))).toEqual(["globex's"]);
  expect(cleos(await (await signIn("fritz", ofAcme)).names("acme"))).toEqual([]);
});

it("is deleted by its owner and by who administers its tenant; of what one may not see, there is none", async () => {
  const gina = await signIn("gina", ofGlobex);
  const save = async (shared: boolean): Promise<string> =>
    (await gina.post("/api/v1/views", { name: "gina's", query: "tenant=globex", shared })).json().view.id;
  const drop = async (by: Awaited<ReturnType<typeof signIn>>, id: string) =>
    (await by.post(`/api/v1/views/${id}/delete`)).statusCode;
  const hidden = await save(false);
  expect(await drop(await signIn("hugo", ofGlobex), hidden)).toBe(404);
  const shown = await save(true);
  expect(shown).toBe(hidden);
  expect(await drop(await signIn("hugo", ofGlobex), shown)).toBe(403);
  expect(await drop(await signIn("ina", { role: "administer", tenant: "acme" }), shown)).toBe(404);
  expect(await drop(await signIn("jo", { role: "administer", tenant: "globex" }), shown)).toBe(200);
  expect(await drop(gina, shown)).toBe(404);
  expect(await drop(gina, await save(false))).toBe(200);
  const audited = await seeded.database.query<{ actor: string; action: string }>(
    "select actor, action from audit where tenant = 'globex' and detail->>'name' = $1 order by id",
    ["gina's"],
  );
  expect(audited).toEqual([
    { actor: "gina", action: "view shared" },
    { actor: "jo", action: "shared view deleted" },
  ]);
});

it("one person keeps fifty, and may replace one of them then", async () => {
  const kim = await signIn("kim", ofAcme);
  await seeded.database.query(
    "insert into saved_views (id, owner, tenant, name, query, shared) select 'view_kim' || n, 'kim', 'acme', 'n' || n, '', false from generate_series(1, 50) n",
  );
  expect((await kim.post("/api/v1/views", { name: "n51", query: "tenant=acme" })).statusCode).toBe(409);
  expect((await kim.post("/api/v1/views", { name: "n50", query: "tenant=acme" })).statusCode).toBe(200);
});
