import type { CrmStore } from "./store/crm-store.ts";
import type { StoredObject } from "./store/stored.ts";

export interface Duplicate {
  /** What is the same: `contact email`, `company domain` (of those that Inlet made), `deal conversation`, `email key`, `email content`, `file path`, `file content`. */
  readonly same: string;
  readonly value: string;
  readonly ids: readonly string[];
}

/**
 * Records that stand for the same thing twice, found by looking at every record: no unique index is asked, so that a hole in one shows.
 * An email counts by its key, and also by what a person would see: tenant, Message-ID (or subject), sender and time.
 */
export function duplicatesIn(store: CrmStore): Duplicate[] {
  const emails = store.all("emails");
  const files = store.files();
  return [
    ...groups("contact email", store.all("contacts"), property("email", true)),
    ...groups("company domain", store.all("companies"), property("inlet_company_domain")),
    ...groups("deal conversation", store.all("deals"), property("inlet_conversation")),
    ...groups("email key", emails, property("inlet_email_key")),
    ...groups("email content", emails, (email) => seen(store, email)),
    ...groups("file path", files, ({ path }) => path),
    ...groups("file content", files, ({ folder, sha256 }) => `${folder} ${sha256}`),
    ...groups("task", store.all("tasks"), property("inlet_task_key")),
  ];
}

function seen(store: CrmStore, email: StoredObject): string | null {
  const has = (name: string): string => email.properties[name] ?? "";
  const contacts = store.associated(email, "contacts").map(({ toId }) => toId);
  // A Message-ID does not name an email alone: senders use one for several.
  const what = `${has("inlet_message_id")} ${has("hs_email_subject")}`;
  // Mail without a Message-ID is told apart by its contact; with one, two contacts would still be the same mail twice.
  const who = has("inlet_message_id") === "" ? contacts.toSorted().join(",") : "";
  return [has("inlet_tenant"), what, has("hs_email_from_email"), has("hs_timestamp"), who].join(" | ");
}

function property(name: string, caseless = false): (object: StoredObject) => string | null {
  return ({ properties }) => {
    const value = properties[name] ?? "";
    return value === "" ? null : caseless ? value.toLowerCase() : value;
  };
}

function groups<T extends { readonly id: string }>(
  same: string,
  items: readonly T[],
  getKey: (item: T) => string | null,
): Duplicate[] {
  const ids = new Map<string, string[]>();
  for (const item of items) {
    const key = getKey(item);
    if (key !== null) ids.set(key, [...(ids.get(key) ?? []), item.id]);
  }
  return [...ids].filter(([, list]) => list.length > 1).map(([value, list]) => ({ same, value, ids: list }));
}
