/** What `s3://bucket/prefix?endpoint=…` says. */
export interface S3Location {
  readonly bucket: string;
  /** Without slashes at the ends; empty for the bucket's root. */
  readonly prefix: string;
  /** Null for Amazon's own. */
  readonly endpoint: string | null;
  /** Null: from AWS_REGION or the profile, as the SDK finds it. */
  readonly region: string | null;
  /** `https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`: what most other servers want. */
  readonly pathStyle: boolean;
}

const PARAMETERS = ["endpoint", "region", "pathStyle"];

/**
 * Reads an `s3://` URL: `endpoint` (http or https), `region` and `pathStyle` (true or false; true by default where there is an endpoint) as
 * query. Credentials are no part of it: they come from the SDK's chain (AWS_ACCESS_KEY_ID, profile, container or instance role). Throws RangeError.
 */
export function readS3Url(url: URL): S3Location {
  const given = url.searchParams;
  const unknown = [...given.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`BLOB_STORE_URL: the parameter ${unknown} is unknown; known are ${PARAMETERS.join(", ")}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new RangeError(
      "BLOB_STORE_URL: holds credentials; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or by a role",
    );
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host)) {
    throw new RangeError("BLOB_STORE_URL: name a bucket of 3 to 63 characters (a-z, 0-9, - and .): s3://bucket/prefix");
  }
  const endpoint = given.get("endpoint");
  if (endpoint !== null && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) {
    throw new RangeError("BLOB_STORE_URL: endpoint is not a http(s) URL; give it as ?endpoint=https://s3.example");
  }
  const style = given.get("pathStyle") ?? String(endpoint !== null);
  if (style !== "true" && style !== "false") {
    throw new RangeError("BLOB_STORE_URL: pathStyle is neither true nor false");
  }
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, "");
  // Other servers take any region, but the signature needs one.
  const region = given.get("region") ?? (endpoint === null ? null : "us-east-1");
  return { bucket: url.host, prefix, endpoint, region, pathStyle: style === "true" };
}
