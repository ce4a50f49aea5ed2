import type { ObjectType } from "./object-types.ts";
import type { PropertyDefinition } from "./property-definitions.ts";
import type { AccountRules, Properties } from "./property-rules.ts";

export interface StoredObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly properties: Properties;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archived: boolean;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly extension: string;
  readonly folder: string;
  readonly path: string;
  readonly contentType: string;
  readonly access: string;
  readonly size: number;
  readonly sha256: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archived: boolean;
}

export interface Association {
  readonly from: ObjectType;
  readonly fromId: string;
  readonly to: ObjectType;
  readonly toId: string;
  readonly typeIds: readonly number[];
}

export type JournalEntry =
  | { readonly kind: "object"; readonly object: StoredObject }
  | { readonly kind: "association"; readonly association: Association }
  | { readonly kind: "property"; readonly type: ObjectType; readonly definition: PropertyDefinition }
  | { readonly kind: "group"; readonly type: ObjectType; readonly name: string; readonly label: string }
  | { readonly kind: "file"; readonly file: StoredFile }
  /** `from` is answered by `into` from here on, as HubSpot does with records that were merged. */
  | { readonly kind: "merge"; readonly type: ObjectType; readonly from: string; readonly into: string }
  | { readonly kind: "account"; readonly account: AccountRules };
