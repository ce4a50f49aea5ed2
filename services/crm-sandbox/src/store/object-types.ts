export const OBJECT_TYPES = ["contacts", "companies", "deals", "emails", "tasks"] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** HubSpot's numeric names of the types; both may stand in a path. */
const TYPE_IDS: Readonly<Record<ObjectType, string>> = {
  contacts: "0-1",
  companies: "0-2",
  deals: "0-3",
  tasks: "0-27",
  emails: "0-49",
};

const NAMES: ReadonlyMap<string, ObjectType> = new Map(
  OBJECT_TYPES.flatMap((type) =>
    [type, type === "companies" ? "company" : type.slice(0, -1), TYPE_IDS[type]].map((name) => [name, type] as const),
  ),
);

/** The type that a path names (`deals`, `deal`, `0-3`); undefined for one that the sandbox has not. */
export function objectType(name: string): ObjectType | undefined {
  return NAMES.get(name.toLowerCase());
}

export function typeId(type: ObjectType): string {
  return TYPE_IDS[type];
}

/** As HubSpot writes a type in its messages. */
export function singular(type: ObjectType): string {
  return (type === "companies" ? "company" : type.slice(0, -1)).toUpperCase();
}

/** HubSpot's association type ids, from → to: the default first, then the others that may be asked for. */
const ASSOCIATIONS: Readonly<Partial<Record<`${ObjectType}>${ObjectType}`, readonly number[]>>> = {
  "contacts>companies": [279, 1],
  "companies>contacts": [280, 2],
  "deals>contacts": [3],
  "contacts>deals": [4],
  "deals>companies": [341, 5],
  "companies>deals": [342, 6],
  "emails>contacts": [198],
  "contacts>emails": [197],
  "emails>deals": [210],
  "deals>emails": [209],
  "emails>companies": [186],
  "companies>emails": [185],
  "tasks>contacts": [204],
  "contacts>tasks": [203],
  "tasks>deals": [216],
  "deals>tasks": [215],
  "tasks>companies": [192],
  "companies>tasks": [191],
};

/** The type ids from one type to another; none where HubSpot does not associate them. */
export function associationTypes(from: ObjectType, to: ObjectType): readonly number[] {
  return ASSOCIATIONS[`${from}>${to}`] ?? [];
}

/** The type that `ids` lead to from `from`; null when no type takes all of them. */
export function typeTiedBy(from: ObjectType, ids: readonly number[]): ObjectType | null {
  if (ids.length === 0) return null;
  return OBJECT_TYPES.find((to) => ids.every((id) => associationTypes(from, to).includes(id))) ?? null;
}
