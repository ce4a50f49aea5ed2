import { problems } from "../problem.ts";
import type { Journal } from "./journal.ts";
import { associationTypes, OBJECT_TYPES, singular } from "./object-types.ts";
import type { ObjectType } from "./object-types.ts";
import { builtInProperties, DEAL_PIPELINES } from "./property-definitions.ts";
import type { PropertyDefinition } from "./property-definitions.ts";
import { checkedProperties, completedProperties } from "./property-rules.ts";
import type { AccountRules, Properties } from "./property-rules.ts";
import type { Association, JournalEntry, StoredFile, StoredObject } from "./stored.ts";
import { emailKeys, uniqueKey } from "./unique-keys.ts";

/** Ids of records made by calls; the seeded ones are far below. */
const FIRST_ID = 30_000_000_001;

const NEW_ACCOUNT: AccountRules = { pipelines: DEAL_PIPELINES, required: {}, owners: null };

/** A CRM's records with the rules that the real one enforces: known properties, unique values, associations that exist. Every change is journalled. */
export class CrmStore {
  readonly #journal: Journal<JournalEntry>;
  readonly #objects = new Map<ObjectType, Map<string, StoredObject>>(OBJECT_TYPES.map((type) => [type, new Map()]));
  /** What the search index still shows of a record that changed. */
  readonly #indexed = new Map<string, { readonly before: Properties | null; readonly changedAt: number }>();
  readonly #unique = new Map<string, string>();
  readonly #definitions = new Map<ObjectType, Map<string, PropertyDefinition>>();
  readonly #groups = new Map<string, { readonly name: string; readonly label: string }>();
  readonly #associations = new Map<string, Map<string, Association>>();
  readonly #files = new Map<string, StoredFile>();
  readonly #filePaths = new Map<string, string>();
  readonly #merged = new Map<string, string>();
  #account: AccountRules = NEW_ACCOUNT;
  #nextId = FIRST_ID;

  constructor(journal: Journal<JournalEntry>) {
    this.#journal = journal;
    this.#empty();
    for (const entry of journal.replay()) this.#apply(entry);
    // What was written before the restart has reached the index since.
    this.#indexed.clear();
  }

  create(type: ObjectType, given: unknown, now: number, id?: string): StoredObject {
    const properties = completedProperties(type, checkedProperties(given, this.definitions(type)), this.#account);
    this.#refuseTaken(type, properties, null);
    const object: StoredObject = {
      type,
      id: id ?? this.nextId(),
      properties,
      createdAt: now,
      updatedAt: now,
      archived: false,
    };
    this.#indexed.set(`${type}/${object.id}`, { before: null, changedAt: now });
    this.#write({ kind: "object", object });
    return object;
  }

  update(object: StoredObject, given: unknown, now: number, lagMs: number): StoredObject {
    const changed = checkedProperties(given, this.definitions(object.type));
    const merged = Object.fromEntries(
      Object.entries({ ...object.properties, ...changed }).filter(([, value]) => value !== ""),
    );
    const properties = completedProperties(object.type, merged, this.#account);
    this.#refuseTaken(object.type, properties, object.id);
    this.#indexed.set(`${object.type}/${object.id}`, { before: this.searchable(object, now, lagMs), changedAt: now });
    this.#forgetUnique(object);
    const updated = { ...object, properties, updatedAt: now };
    this.#write({ kind: "object", object: updated });
    return updated;
  }

  archive(object: StoredObject, now: number): void {
    this.#forgetUnique(object);
    this.#write({ kind: "object", object: { ...object, archived: true, updatedAt: now } });
  }

  /** Out of the bin, as a person would: what another record took of its unique values meanwhile stays there. */
  restore(type: ObjectType, id: string, now: number): void {
    const object = this.#objects.get(type)?.get(id);
    if (object !== undefined) this.#write({ kind: "object", object: { ...object, archived: false, updatedAt: now } });
  }

  /** The record as it is from now on, by no request's leave. */
  replace(object: StoredObject, now: number): StoredObject {
    this.#write({ kind: "object", object: { ...object, updatedAt: now } });
    return object;
  }

  /** The record that a merged one became part of, before anything else is asked of it. */
  merged(type: ObjectType, from: string, into: string): void {
    this.#write({ kind: "merge", type, from, into });
  }

  get account(): AccountRules {
    return this.#account;
  }

  changeAccount(changed: Partial<AccountRules>): void {
    this.#write({ kind: "account", account: { ...this.#account, ...changed } });
  }

  /** By id (a merged one's leads to the record that it became part of), or by a unique property. Undefined when it is not there or archived. Throws a 400 for a property that is unknown or not unique. */
  find(type: ObjectType, id: string, idProperty?: string): StoredObject | undefined {
    if (idProperty === undefined || idProperty === "hs_object_id") {
      const into = this.#merged.get(`${type}/${id}`);
      if (into !== undefined) return this.find(type, into);
      const object = this.#objects.get(type)?.get(id);
      return object?.archived === false ? object : undefined;
    }
    const definition = this.definitions(type).get(idProperty);
    if (definition === undefined) {
      const message = `Property "${idProperty}" does not exist`;
      throw problems.invalidValues([{ name: idProperty, error: "PROPERTY_DOESNT_EXIST", message }]);
    }
    if (!definition.hasUniqueValue) {
      throw problems.invalid(`Unable to find ${singular(type)} by non-unique property ${idProperty}`);
    }
    const found = this.#unique.get(uniqueKey(type, idProperty, id));
    return found === undefined ? undefined : this.#objects.get(type)?.get(found);
  }

  all(type: ObjectType): StoredObject[] {
    return [...(this.#objects.get(type)?.values() ?? [])].filter((object) => !object.archived);
  }

  /** The properties as the lagging search index has them at `now`; null when the record is not in it yet. */
  searchable(object: StoredObject, now: number, lagMs: number): Properties | null {
    const indexed = this.#indexed.get(`${object.type}/${object.id}`);
    return indexed === undefined || now - indexed.changedAt >= lagMs ? object.properties : indexed.before;
  }

  definitions(type: ObjectType): ReadonlyMap<string, PropertyDefinition> {
    return this.#definitions.get(type) ?? new Map<string, PropertyDefinition>();
  }

  define(type: ObjectType, definition: PropertyDefinition): void {
    this.#write({ kind: "property", type, definition });
  }

  /** As people take a field away: not journalled, for tests. */
  undefine(type: ObjectType, name: string): void {
    this.#definitions.get(type)?.delete(name);
  }

  group(type: ObjectType, name: string): { readonly name: string; readonly label: string } | undefined {
    return this.#groups.get(`${type}/${name}`);
  }

  defineGroup(type: ObjectType, name: string, label: string): void {
    this.#write({ kind: "group", type, name, label });
  }

  /** Ties two records both ways. Throws a 404 when one is not there, a 400 when the types are never tied or the type id is another pair's. */
  associate(from: StoredObject, to: ObjectType, toId: string, typeIds?: readonly number[]): Association {
    const known = associationTypes(from.type, to);
    if (known.length === 0) throw problems.invalid(`${from.type} and ${to} cannot be associated`);
    const asked = typeIds ?? known.slice(0, 1);
    if (asked.length === 0 || !asked.every((id) => known.includes(id))) {
      throw problems.invalid(`Association type ${asked.join(", ")} is not one from ${from.type} to ${to}`);
    }
    // Reads follow a merged id; whether ties do is not documented, so that they do not here.
    const target = this.find(to, toId);
    if (target?.id !== toId) throw problems.notFound(`No ${singular(to)} with id ${toId}`);
    const forward = { from: from.type, fromId: from.id, to, toId, typeIds: asked };
    const backward = { from: to, fromId: toId, to: from.type, toId: from.id };
    this.#write({ kind: "association", association: forward });
    this.#write({
      kind: "association",
      association: {
        ...backward,
        typeIds: asked.map((id) => associationTypes(to, from.type)[known.indexOf(id)] as number),
      },
    });
    return forward;
  }

  dissociate(from: StoredObject, to: ObjectType, toId: string): void {
    this.#write({ kind: "association", association: { from: from.type, fromId: from.id, to, toId, typeIds: [] } });
    const backward = { from: to, fromId: toId, to: from.type, toId: from.id, typeIds: [] };
    this.#write({ kind: "association", association: backward });
  }

  /** The records that a record is tied to, of one type or of all; those in the bin are left out. */
  associated(object: StoredObject, to?: ObjectType): Association[] {
    return [...(this.#associations.get(`${object.type}/${object.id}`)?.values() ?? [])].filter(
      (tie) => (to === undefined || tie.to === to) && this.find(tie.to, tie.toId) !== undefined,
    );
  }

  putFile(file: StoredFile): void {
    this.#write({ kind: "file", file });
  }

  file(id: string): StoredFile | undefined {
    const file = this.#files.get(id);
    return file?.archived === false ? file : undefined;
  }

  fileAt(path: string): StoredFile | undefined {
    return this.file(this.#filePaths.get(path) ?? "");
  }

  files(): StoredFile[] {
    return [...this.#files.values()].filter((file) => !file.archived);
  }

  nextId(): string {
    return String(this.#nextId++);
  }

  /** Back to an empty account, in the journal too. */
  clear(): void {
    this.#journal.clear();
    this.#empty();
  }

  #empty(): void {
    for (const objects of this.#objects.values()) objects.clear();
    const maps = [this.#indexed, this.#unique, this.#groups, this.#associations, this.#files, this.#filePaths];
    for (const map of [...maps, this.#merged]) map.clear();
    this.#account = NEW_ACCOUNT;
    this.#nextId = FIRST_ID;
    for (const type of OBJECT_TYPES) {
      this.#definitions.set(type, new Map(builtInProperties(type).map((definition) => [definition.name, definition])));
    }
  }

  #write(entry: JournalEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: JournalEntry): void {
    switch (entry.kind) {
      case "object": {
        const { object } = entry;
        this.#objects.get(object.type)?.set(object.id, object);
        this.#reserve(object.id);
        if (object.archived) this.#forgetUnique(object);
        else for (const key of this.#uniqueKeys(object)) this.#unique.set(key, object.id);
        return;
      }
      case "association": {
        const { association } = entry;
        const here = `${association.from}/${association.fromId}`;
        const ties = this.#associations.get(here) ?? new Map<string, Association>();
        const there = `${association.to}/${association.toId}`;
        const before = ties.get(there)?.typeIds ?? [];
        if (association.typeIds.length === 0) ties.delete(there);
        else ties.set(there, { ...association, typeIds: [...new Set([...before, ...association.typeIds])] });
        this.#associations.set(here, ties);
        return;
      }
      case "property":
        this.#definitions.get(entry.type)?.set(entry.definition.name, entry.definition);
        return;
      case "group":
        this.#groups.set(`${entry.type}/${entry.name}`, { name: entry.name, label: entry.label });
        return;
      case "file":
        this.#files.set(entry.file.id, entry.file);
        this.#reserve(entry.file.id);
        if (!entry.file.archived) this.#filePaths.set(entry.file.path, entry.file.id);
        return;
      case "merge":
        this.#merged.set(`${entry.type}/${entry.from}`, entry.into);
        return;
      case "account":
        this.#account = entry.account;
        return;
    }
  }

  #reserve(id: string): void {
    this.#nextId = Math.max(this.#nextId, Number(id) + 1);
  }

  #refuseTaken(type: ObjectType, properties: Properties, ownId: string | null): void {
    for (const key of emailKeys(type, properties)) {
      const taken = this.#unique.get(key);
      if (taken !== undefined && taken !== ownId) throw problems.contactExists(taken);
    }
    for (const [name, value] of Object.entries(properties)) {
      if (value === "" || this.definitions(type).get(name)?.hasUniqueValue !== true) continue;
      const taken = this.#unique.get(uniqueKey(type, name, value));
      if (taken === undefined || taken === ownId) continue;
      const message = `${taken} already has that value.`;
      throw problems.invalidValues([{ name, error: "CONFLICTING_UNIQUE_VALUE", message }]);
    }
  }

  #uniqueKeys({ type, properties }: StoredObject): string[] {
    const unique = Object.entries(properties)
      .filter(([name, value]) => value !== "" && this.definitions(type).get(name)?.hasUniqueValue === true)
      .map(([name, value]) => uniqueKey(type, name, value));
    return [...unique, ...emailKeys(type, properties)];
  }
  #forgetUnique(object: StoredObject): void {
    for (const key of this.#uniqueKeys(object)) if (this.#unique.get(key) === object.id) this.#unique.delete(key);
  }
}
