import { hashAddress, hashWords, nameSearchKey } from "@inlet/domain";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSeededConsole, SEARCH_KEY, WRITTEN_EVENT, type SeededConsole } from "../../testing/seeded-console.ts";

/** OP3: one box, an exact id jumps to the journey, and the page says what it searched and since when. */
let seeded: SeededConsole;
const EVERYTHING = [
  { role: "process", tenant: "*" },
  { role: "view", tenant: "*" },
];

beforeAll(async () => {
  seeded = await openSeededConsole();
  const hashes = [
    [hashAddress(SEARCH_KEY, "globex", "ada@customers.example"), "address"],
    ...hashWords(SEARCH_KEY, "globex", "Offer for March").map((hash) => [hash, "subject"]),
  ];
  for (const [hash, kind] of hashes)
    await seeded.database.query(
      "insert into search_terms (tenant, hash, received_at, event_id, kind) values ('globex', decode($1, 'hex'), 2000, $2, $3)",
      [hash, WRITTEN_EVENT, kind],
    );
  await seeded.ledger.search.noteKey(nameSearchKey(SEARCH_KEY));
});
afterAll(async () => seeded.close());

async function look(q: string, grants = EVERYTHING, path = "/search") {
  const authorization = `Bearer ${await seeded.createToken(...grants)}`;
  return seeded.app.inject({ url: `${path}?${new URLSearchParams({ q }).toString()}`, headers: { authorization } });
}

async function find(q: string, grants = EVERYTHING) {
  const { found, searched } = (await look(q, grants, "/api/v1/search")).json();
  return { events: found.map((each: { eventId: string }) => each.eventId), searched };
}

describe("search", () => {
  it.each([WRITTEN_EVENT, "m@globex", "<m@globex>", "c-77"])("%s jumps straight to the journey", async (q) => {
    expect(await look(q)).toMatchObject({
      statusCode: 303,
      headers: { location: `/emails/globex/${WRITTEN_EVENT}` },
    });
  });

  it.each(["Ada@Customers.example", "offer march", "MARCH"])("%s is found by its hash", async (q) => {
    expect((await find(q)).events).toEqual([WRITTEN_EVENT]);
    // Words are no id: the page shows what there is, and since when.
    const { statusCode, body } = await look(q);
    expect(statusCode).toBe(200);
    expect(body).toContain("are found.");
  });

  it("every word has to match, and a look-alike of another script does not", async () => {
    expect((await find("offer april")).events).toEqual([]);
    expect((await find("аda@customers.example")).events).toEqual([]);
  });

  it("who may not see content finds no one by address or subject, and is told which role it takes", async () => {
    for (const grants of [
      [{ role: "process", tenant: "*" }],
      [
        { role: "process", tenant: "globex" },
        { role: "view", tenant: "acme" },
      ],
    ])
      expect((await find("ada@customers.example", grants)).events).toEqual([]);
    const { searched } = await find("ada@customers.example", [{ role: "process", tenant: "globex" }]);
    expect(searched.words.state).toBe("role");
    expect(searched.said).toContain("role view");
    expect((await find("ada@customers.example", [{ role: "view", tenant: "globex" }])).events).toEqual([WRITTEN_EVENT]);
  });

  it("is audited without what was searched for; a search by id is not", async () => {
    const read = async () =>
      seeded.database.query("select action, detail from audit where action like 'search by %' order by id");
    const before = await read();
    await look("ada@customers.example");
    await look("c-77");
    const entries = (await read()).slice(before.length);
    expect(entries).toEqual([{ action: "search by address", detail: { found: 1, tenants: ["globex"] } }]);
  });

  it.each(["%", "_", "' or 1=1 --", "\0", "evt_%", "<script>", "🙂", "\u202e", "a/1/99999999999999999999"])(
    "%j finds nothing and breaks nothing",
    async (q) => {
      expect((await find(q)).events).toEqual([]);
      expect((await look(q)).body).not.toContain("<script>");
    },
  );

  it("more than a thousand characters are refused", async () => {
    expect((await look("x".repeat(10_240))).statusCode).toBe(400);
  });
});
