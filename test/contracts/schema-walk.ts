/** Walks Avro schemas as JSON: contracts look at what the files say, not at what a library made of it. */
interface AvroField {
  readonly name: string;
  readonly type: unknown;
  readonly doc?: string;
  readonly pii?: string;
}
interface AvroRecord {
  readonly type: "record";
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

export interface FieldInSchema {
  /** `from.email`; array items have no segment of their own. */
  readonly path: string;
  readonly name: string;
  readonly doc: string;
  readonly pii: string | undefined;
  /** Whether text or bytes stand in the field itself, rather than records that have fields of their own. */
  readonly holdsText: boolean;
}

export interface RecordInValue {
  readonly path: string;
  /** Name of the record type. */
  readonly type: string;
  readonly fields: string[];
  readonly keys: string[];
}

/** Every field of every record that a schema defines, nested ones too, where they are defined. */
export function walkFields(schema: unknown, path = ""): FieldInSchema[] {
  if (Array.isArray(schema)) return schema.flatMap((branch) => walkFields(branch, path));
  if (isRecord(schema)) {
    const { name, doc = "" } = schema;
    const own: FieldInSchema = { path: path || name, name, doc, pii: undefined, holdsText: false };
    return [own, ...schema.fields.flatMap((field) => fieldAndBelow(field, path))];
  }
  return isArray(schema) ? walkFields(schema.items, path) : [];
}

function fieldAndBelow(field: AvroField, path: string): FieldInSchema[] {
  const at = path === "" ? field.name : `${path}.${field.name}`;
  const { name, type, doc = "", pii } = field;
  return [{ path: at, name, doc, pii, holdsText: holdsText(type) }, ...walkFields(type, at)];
}

function holdsText(type: unknown): boolean {
  if (Array.isArray(type)) return type.some(holdsText);
  return isArray(type) ? holdsText(type.items) : type === "string" || type === "bytes";
}

/** Names of all record types that a schema defines. */
export function namedTypes(schema: unknown): Set<string> {
  return new Set(definitions(schema).map(({ name }) => name));
}

/** Every record met when a value is laid beside its schema, with the fields of one and the keys of the other. */
export function walkValue(schema: unknown, value: unknown): RecordInValue[] {
  const byName = new Map(definitions(schema).map((record) => [record.name, record]));
  const visit = (type: unknown, at: unknown, path: string): RecordInValue[] => {
    if (at === null || at === undefined || Buffer.isBuffer(at)) return [];
    if (Array.isArray(type)) return visit(findBranch(type, at), at, path);
    if (typeof type === "string")
      return byName.has(shortName(type)) ? visit(byName.get(shortName(type)), at, path) : [];
    if (isArray(type)) return (at as unknown[]).flatMap((item) => visit(type.items, item, path));
    if (!isRecord(type)) return [];
    const object = at as Record<string, unknown>;
    const here = { path, type: type.name, fields: type.fields.map(({ name }) => name), keys: Object.keys(object) };
    return [here, ...type.fields.flatMap(({ name, type: below }) => visit(below, object[name], `${path}.${name}`))];
  };
  const findBranch = (branches: unknown[], at: unknown): unknown => {
    if (Array.isArray(at)) return branches.find(isArray);
    if (typeof at !== "object") return undefined;
    return branches.find((branch) => isRecord(branch) || (typeof branch === "string" && byName.has(shortName(branch))));
  };
  return visit(schema, value, "");
}

function definitions(schema: unknown): AvroRecord[] {
  if (Array.isArray(schema)) return schema.flatMap(definitions);
  if (isArray(schema)) return definitions(schema.items);
  return isRecord(schema) ? [schema, ...schema.fields.flatMap(({ type }) => definitions(type))] : [];
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function isRecord(schema: unknown): schema is AvroRecord {
  return typeof schema === "object" && schema !== null && (schema as { type?: unknown }).type === "record";
}

function isArray(schema: unknown): schema is { readonly items: unknown } {
  return typeof schema === "object" && schema !== null && (schema as { type?: unknown }).type === "array";
}
