import { expect, test } from "vitest";
import { getWriters } from "./get-writers.ts";

const mailbox = (email: string) => ({ name: null, email });

test("the writers of an email are From, the contact and Reply-To, each address once and as a key", () => {
  const contact = { ...mailbox("eve@bücher.example"), via: "form", reasons: [] };
  expect(
    getWriters({
      from: mailbox("Forms@Web.example"),
      contact,
      replyTo: [mailbox("EVE@xn--bcher-kva.example"), mailbox("no address")],
    }),
  ).toEqual(["forms@web.example", "eve@xn--bcher-kva.example"]);
  expect(getWriters({ from: null, contact: null, replyTo: [] })).toEqual([]);
});
