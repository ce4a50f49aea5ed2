/** The object types that Inlet uses; `deals` is the alias of `0-3`. */
export type HubSpotType = "contacts" | "companies" | "deals" | "emails" | "tasks";

export interface HubSpotPaths {
  objects(type: HubSpotType): string;
  object(type: HubSpotType, id: string): string;
  association(from: HubSpotType, id: string, to: HubSpotType, toId: string): string;
  /** Default associations of many pairs. */
  associations(from: HubSpotType, to: HubSpotType): string;
  properties(type: HubSpotType): string;
  property(type: HubSpotType, name: string): string;
  propertyGroups(type: HubSpotType): string;
  pipelines(): string;
  files(): string;
  fileStat(path: string): string;
}

/**
 * HubSpot's paths for an API version: `v3`, or a dated one such as `2026-03`, which moves the version behind the resource.
 * Files stay on v3: the look-up by path has no dated twin.
 */
export function hubSpotPaths(version: string): HubSpotPaths {
  const dated = /^\d{4}-\d{2}$/.test(version);
  const objects = dated ? `/crm/objects/${version}` : `/crm/${version}/objects`;
  // Default associations belong to v4 where versions are numbered.
  const associated = dated ? objects : "/crm/v4/objects";
  const associations = dated ? `/crm/associations/${version}` : "/crm/v4/associations";
  const properties = dated ? `/crm/properties/${version}` : `/crm/${version}/properties`;
  const pipelines = dated ? `/crm/pipelines/${version}` : `/crm/${version}/pipelines`;
  const part = encodeURIComponent;
  return {
    objects: (type) => `${objects}/${type}`,
    object: (type, id) => `${objects}/${type}/${part(id)}`,
    association: (from, id, to, toId) => `${associated}/${from}/${part(id)}/associations/default/${to}/${part(toId)}`,
    associations: (from, to) => `${associations}/${from}/${to}/batch/associate/default`,
    properties: (type) => `${properties}/${type}`,
    property: (type, name) => `${properties}/${type}/${part(name)}`,
    propertyGroups: (type) => `${properties}/${type}/groups`,
    pipelines: () => `${pipelines}/deals`,
    files: () => "/files/v3/files",
    fileStat: (path) => `/files/v3/files/stat/${part(path)}`,
  };
}
