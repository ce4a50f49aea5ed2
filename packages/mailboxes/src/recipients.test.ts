import { describe, expect, test } from "vitest";
import type { MailboxRules } from "./mailbox-rules.ts";
import { createRecipients, recipientsIn, buildRecipients } from "./recipients.ts";

const tenant = (id: string, mailboxes: Record<string, string[] | MailboxRules>) => ({
  id,
  mailboxes: Object.entries(mailboxes).map(([name, rules]) =>
    Array.isArray(rules) ? { name, addresses: rules } : rules,
  ),
});

const acme = tenant("acme", {
  rest: ["*@acme.example"],
  campaigns: ["campaign-*@acme.example"],
  spring: ["campaign-spring-*@acme.example"],
  q2: ["campaign-2026-q2@acme.example"],
  deals: ["deal-{deal}@acme.example"],
  support: ["support@acme.example"],
  urgent: { name: "urgent", addresses: ["support+priority@acme.example"], tags: [{ kind: "queue", value: "urgent" }] },
});
const globex = tenant("globex", { sales: ["sales@globex.example", "acme-{campaign}@shared.example"] });
const initech = tenant("initech", { sales: ["initech-{campaign}@shared.example"] });

const recipients = createRecipients([acme, globex, initech]);

/** `tenant/mailbox by rule [tags]`, or what else the address reaches. */
function reached(address: string, among = recipients): string {
  const found = among.find(address);
  if (found.kind === "unknown") return `unknown ${found.tenant?.id ?? "-"}`;
  if (found.kind === "ambiguous") return `ambiguous ${found.tenants.map(({ id }) => id).join(" ")}`;
  const tags = found.tags.map(({ kind, value }) => `${kind}=${value}`).join(" ");
  return `${found.tenant.id}/${found.mailbox} by ${found.rule} [${tags}]`;
}

describe("IN1: what an address reaches", () => {
  test.each([
    [
      "exact before pattern",
      "campaign-2026-q2@acme.example",
      "acme/q2 by campaign-2026-q2@acme.example [campaign=2026-q2]",
    ],
    [
      "the more specific pattern",
      "campaign-spring-1@acme.example",
      "acme/spring by campaign-spring-*@acme.example [campaign=spring-1]",
    ],
    ["pattern before domain", "campaign-9@acme.example", "acme/campaigns by campaign-*@acme.example [campaign=9]"],
    ["the domain", "anybody@acme.example", "acme/rest by *@acme.example []"],
    [
      "exact with its tag first",
      "Support+Priority@acme.example",
      "acme/urgent by support+priority@acme.example [queue=urgent support=Priority]",
    ],
    [
      "exact without its tag next",
      "support+emea+vip@acme.example",
      "acme/support by support@acme.example [support=emea support=vip]",
    ],
    ["a pattern's tag", "deal-12345@acme.example", "acme/deals by deal-{deal}@acme.example [deal=12345]"],
    [
      "a pattern's tag and a subaddress",
      "deal-1+x@acme.example",
      "acme/deals by deal-{deal}@acme.example [deal=1 deal-1=x]",
    ],
    [
      "a domain that tenants share",
      "initech-q3@shared.example",
      "initech/sales by initech-{campaign}@shared.example [campaign=q3]",
    ],
    ["nobody's local part at one tenant's domain", "x@globex.example", "unknown globex"],
    ["nobody's local part at a domain of two", "x@shared.example", "unknown -"],
    ["nobody's domain", "sales@elsewhere.example", "unknown -"],
    ["a subdomain is another domain", "sales@sub.acme.example", "unknown -"],
    ["no address", "sales", "unknown -"],
  ])("%s", (_what, address, expected) => {
    expect(reached(address)).toBe(expected);
  });

  test("the answer does not depend on the order of files and mailboxes", () => {
    const turned = createRecipients([initech, globex, { ...acme, mailboxes: acme.mailboxes.toReversed() }]);
    const addresses = [
      "campaign-spring-1@acme.example",
      "campaign-2026-q2@acme.example",
      "a@acme.example",
      "acme-1@shared.example",
    ];
    expect(addresses.map((address) => reached(address, turned))).toEqual(addresses.map((address) => reached(address)));
  });

  test("an address that two tenants claim alike is given to neither", () => {
    const both = createRecipients([
      tenant("a", {
        sales: ["sales@one.example"],
        all: ["*@two.example"],
        p: ["x-*-z@three.example", "only@two.example"],
      }),
      tenant("b", { sales: ["SALES@one.example"], all: ["*@two.example"], p: ["x-y*-@three.example"] }),
    ]);
    expect(reached("sales@one.example", both)).toBe("ambiguous a b");
    expect(reached("sales+x@one.example", both)).toBe("ambiguous a b");
    expect(reached("any@two.example", both)).toBe("ambiguous a b");
    expect(reached("only@two.example", both)).toBe("a/p by only@two.example []");
  });

  test("every rule on an address is shown, the one that counts first", () => {
    expect(recipients.rulesOn("campaign-spring-1@acme.example").map(({ rule }) => rule)).toEqual([
      "campaign-spring-*@acme.example",
      "campaign-*@acme.example",
      "*@acme.example",
    ]);
  });
});

test("IN1: among 10,000 tenants that share a domain each address reaches its own", () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    tenant(`t${n}`, { in: [`t${n}-{campaign}@shared.example`, `in@t${n}.example`] }),
  );
  const among = createRecipients(many);
  for (const n of [0, 1, 99, 9_999]) {
    expect(reached(`t${n}-q2@shared.example`, among)).toBe(`t${n}/in by t${n}-{campaign}@shared.example [campaign=q2]`);
    expect(reached(`in@t${n}.example`, among)).toBe(`t${n}/in by in@t${n}.example []`);
  }
  expect(reached("nobody@shared.example", among)).toBe("unknown -");
});

test("an index is made once for a list, and again for another", () => {
  const list = [acme];
  expect(buildRecipients(list)).toBe(buildRecipients(list));
  expect(buildRecipients([acme])).not.toBe(buildRecipients(list));
  expect(recipientsIn(acme.mailboxes)).toBe(recipientsIn(acme.mailboxes));
  expect(recipientsIn(acme.mailboxes).find("a@acme.example")).toMatchObject({ mailbox: "rest" });
});
