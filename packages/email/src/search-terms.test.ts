import { hashAddress, hashWords } from "@inlet/domain";
import { expect, it } from "vitest";
import { listSearchTerms } from "./search-terms.ts";

const KEY = "key-of-the-tests-32-characters-or-more";
const person = (email: string) => ({ email, name: null });

it("an email is found by who wrote it and whom else it names, but the tenant's own mailbox, and by its words", () => {
  const terms = listSearchTerms(
    KEY,
    {
      tenantId: "acme",
      from: person("Ada@Customers.example"),
      contact: null,
      replyTo: [person("ada@customers.example")],
      to: [person("sales@acme.example"), person("bob@customers.example")],
      cc: Array.from({ length: 1000 }, (_, n) => person(`n${n}@list.example`)),
      subject: "Re: Offer 42",
    },
    [{ name: "sales", addresses: ["sales@acme.example"], tags: [] }],
  );
  const addresses = terms.flatMap(({ kind, hash }) => (kind === "address" ? [hash] : []));
  expect(addresses.slice(0, 3)).toEqual(
    ["ada@customers.example", "bob@customers.example", "n0@list.example"].map((each) => hashAddress(KEY, "acme", each)),
  );
  expect(addresses).toHaveLength(20);
  expect(terms.flatMap(({ kind, hash }) => (kind === "subject" ? [hash] : []))).toEqual(
    hashWords(KEY, "acme", "offer 42"),
  );
});
