import { problems } from "../problem.ts";
import type { CrmStore } from "../store/crm-store.ts";
import type { Properties } from "../store/property-rules.ts";
import { bodyObject, shown, parseType } from "./api-call.ts";
import type { ApiContext, Route } from "./api-call.ts";

const MAX_GROUPS = 5;
const MAX_FILTERS = 25;
const MAX_PAGE = 200;
const MAX_RESULTS = 10_000;

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value: string;
  readonly highValue: string;
  readonly values: readonly string[];
}

/** `POST …/search` over an index that lags behind the records, as HubSpot's does. */
export function searchRoutes({ store, now, searchLagMs }: ApiContext): Route[] {
  return [
    {
      method: "POST",
      url: "/crm/:version/objects/:type/search",
      kind: "search",
      handler: ({ params, body }) => {
        const type = parseType(params["type"]);
        const asked = bodyObject(body);
        const groups = filterGroups(asked["filterGroups"]);
        const limit = Math.min(Number(asked["limit"] ?? 10), MAX_PAGE);
        const offset = Number(asked["after"] ?? 0);
        if (!(limit > 0) || !(offset >= 0)) throw problems.invalid("limit and after must be whole numbers");
        if (offset + limit > MAX_RESULTS) throw problems.invalid(`Paging is limited to ${MAX_RESULTS} results`);
        const at = now();
        const found = indexed(store, type, at, searchLagMs).filter(
          ({ properties }) =>
            groups.length === 0 || groups.some((group) => group.every((filter) => fits(properties, filter))),
        );
        const chosen = Array.isArray(asked["properties"]) ? asked["properties"].map(String) : undefined;
        const page = found.slice(offset, offset + limit);
        const more = offset + limit < found.length ? { paging: { next: { after: String(offset + limit) } } } : {};
        const results = page.map(({ object, properties }) => shown({ ...object, properties }, chosen));
        return { status: 200, body: { total: found.length, results, ...more } };
      },
    },
  ];
}

function indexed(store: CrmStore, type: Parameters<CrmStore["all"]>[0], now: number, lagMs: number) {
  return store.all(type).flatMap((object) => {
    const properties = store.searchable(object, now, lagMs);
    return properties === null ? [] : [{ object, properties: { ...properties, hs_object_id: object.id } }];
  });
}

function filterGroups(given: unknown): Filter[][] {
  const groups = Array.isArray(given) ? given : [];
  if (groups.length > MAX_GROUPS) throw problems.invalid(`At most ${MAX_GROUPS} filterGroups`);
  const read = groups.map((group) => {
    const { filters } = bodyObject(group);
    return (Array.isArray(filters) ? filters : []).map((filter): Filter => {
      const { propertyName, operator, value, highValue, values } = bodyObject(filter);
      if (typeof propertyName !== "string" || typeof operator !== "string") {
        throw problems.badJson("a filter has a propertyName and an operator");
      }
      return {
        propertyName,
        operator,
        value: text(value),
        highValue: text(highValue),
        values: Array.isArray(values) ? values.map(text) : [],
      };
    });
  });
  if (read.flat().length > MAX_FILTERS) throw problems.invalid(`At most ${MAX_FILTERS} filters`);
  return read;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function fits(properties: Properties, filter: Filter): boolean {
  const have = (properties[filter.propertyName] ?? "").toLowerCase();
  const want = filter.value.toLowerCase();
  switch (filter.operator) {
    case "EQ":
      return have === want;
    case "NEQ":
      return have !== want;
    case "HAS_PROPERTY":
      return have !== "";
    case "NOT_HAS_PROPERTY":
      return have === "";
    case "IN":
      return filter.values.some((value) => value.toLowerCase() === have);
    case "NOT_IN":
      return !filter.values.some((value) => value.toLowerCase() === have);
    case "CONTAINS_TOKEN":
      return have.split(/[^\p{L}\p{N}_]+/u).includes(want.replaceAll("*", ""));
    case "GT":
      return rank(have) > rank(want);
    case "GTE":
      return rank(have) >= rank(want);
    case "LT":
      return rank(have) < rank(want);
    case "LTE":
      return rank(have) <= rank(want);
    case "BETWEEN":
      return rank(have) >= rank(want) && rank(have) <= rank(filter.highValue);
    default:
      throw problems.invalid(`operator ${filter.operator} is not known`);
  }
}

/** Numbers and times compare by size. */
function rank(value: string): number {
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value);
}
