import type { CrmStore } from "./store/crm-store.ts";

/** Deal 12345 "Acme renewal" with its company and contact: what `deal+12345@` in the samples points at. Only into an account that lacks it. */
export function seedRecords(store: CrmStore, now: number): void {
  if (store.find("deals", "12345") !== undefined) return;
  const company = store.create("companies", { name: "Acme GmbH", domain: "acme.example" }, now, "1001");
  const contact = store.create(
    "contacts",
    {
      email: "rita.lindner@acme.example",
      firstname: "Rita",
      lastname: "Lindner",
      company: "Acme GmbH",
      jobtitle: "Head of Purchasing",
    },
    now,
    "1002",
  );
  const properties = { dealname: "Acme renewal", pipeline: "renewals", dealstage: "renewal_open", amount: "48000" };
  const deal = store.create("deals", properties, now, "12345");
  store.associate(contact, "companies", company.id);
  store.associate(deal, "contacts", contact.id);
  store.associate(deal, "companies", company.id);
}
