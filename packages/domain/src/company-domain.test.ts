import { describe, expect, test } from "vitest";
import { companyDomain } from "./company-domain.ts";

const HUMAN = {
  kind: "human",
  spamVerdict: null,
  ownAddresses: ["sales@inlet.example", "campaign-*@news.acme.co.uk", "*@müller.example"],
};

describe("the sender's company by its domain (WR2)", () => {
  test.each([
    ["ada@bmw.de", "bmw.de"],
    ["ada@mail.eu.bmw.de", "bmw.de"],
    ["ada@sales.example.co.uk", "example.co.uk"],
    ["ada@toyota.co.jp", "toyota.co.jp"],
    // Tenants below a private suffix are companies of their own; the suffix is not.
    ["ada@pumps.github.io", "pumps.github.io"],
    ["ada@mail.pumps.github.io", "pumps.github.io"],
    ["ada@bücher.example", "xn--bcher-kva.example"],
    ["ada@xn--bcher-kva.example", "xn--bcher-kva.example"],
    // A domain whose last label no one registers is taken by its last two.
    ["ada@acme.corp", "acme.corp"],
  ])("%s: %s", (sender, domain) => {
    expect(companyDomain({ ...HUMAN, sender })).toEqual({ kind: "domain", domain });
  });

  test.each([
    ["ada@gmail.com", "gmail.com is a mail provider's"],
    ["ada@gmx.ch", "gmx.ch is a mail provider's"],
    ["ada@yahoo.co.uk", "yahoo.co.uk is a mail provider's"],
    ["ada@qq.com", "qq.com is a mail provider's"],
    ["ada@posteo.de", "posteo.de is a mail provider's"],
    ["ada@mailinator.com", "mailinator.com is a mail provider's"],
    // The host alone is listed.
    ["ada@privaterelay.appleid.com", "appleid.com is a mail provider's"],
    ["ada@inlet.example", "inlet.example is the tenant's own"],
    ["ada@sub.inlet.example", "inlet.example is the tenant's own"],
    ["ada@acme.co.uk", "acme.co.uk is the tenant's own"],
    ["ada@xn--mller-kva.example", "xn--mller-kva.example is the tenant's own"],
    ["ada@localhost", "the address has no domain that can be registered"],
    ["ada@github.io", "the address has no domain that can be registered"],
    ["ada@co.uk", "the address has no domain that can be registered"],
    ["ada@[192.0.2.1]", "the address has no domain that can be registered"],
    ["ada@192.0.2.1", "the address has no domain that can be registered"],
  ])("%s: none", (sender, detail) => {
    expect(companyDomain({ ...HUMAN, sender })).toEqual({ kind: "none", detail });
  });

  test("automated mail and spam speak for no company", () => {
    const sender = "noreply@bmw.de";
    expect(companyDomain({ ...HUMAN, sender, kind: "newsletter" })).toMatchObject({ kind: "none" });
    expect(companyDomain({ ...HUMAN, sender, kind: "no_reply" })).toMatchObject({ kind: "none" });
    expect(companyDomain({ ...HUMAN, sender, spamVerdict: "spam" })).toMatchObject({ kind: "none" });
  });
});
