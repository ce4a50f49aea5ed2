import { baseUrl, contactAsSetting, everyKind, readEveryKind, type CrmSettings } from "@inlet/crm";
import { secretReferences, type SettingsReading } from "@inlet/settings";
import { z } from "zod";

/** What a person may be in the toy. */
export const TOY_CONTACTS = ["person", "lead"] as const;

/** `crm:` of kind `toy` as written. */
export const toyFile = z.strictObject({
  kind: z.literal("toy").meta({ description: "the CRM's adapter" }),
  baseUrl: baseUrl.default("http://toy.example"),
  token: secretReferences.meta({ description: "access token: env:NAME or file:PATH" }),
  seats: z
    .number()
    .int()
    .positive()
    .default(1)
    .meta({ description: "seats of the account: each has 30,000 tokens a day" }),
  contactAs: contactAsSetting(TOY_CONTACTS),
  ...everyKind,
});

export interface ToySettings extends CrmSettings {
  readonly kind: "toy";
  readonly seats: number;
  readonly contactAs: (typeof TOY_CONTACTS)[number];
}

export function readToy(crm: z.output<typeof toyFile>, reading: SettingsReading): ToySettings {
  const { fault } = reading;
  if (crm.seats > 500) fault("crm.seats", "is more than Toy sells", "Give the seats of the account");
  const { kind, seats, contactAs } = crm;
  return { kind, seats, contactAs, ...readEveryKind(crm, reading, { perSecond: 10, burst: 20 }) };
}
