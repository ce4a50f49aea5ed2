/** What the load generator's process is asked to do. */
export interface LoadPlan {
  readonly url: string;
  readonly source: "signed-json" | "raw-mime";
  readonly secret: string;
  /** Bytes of a body. */
  readonly size: number;
  readonly seconds: number;
  readonly load: Load;
}

/** `closed`: each connection sends as soon as it is answered. `open`: sent when due, whether or not anything was answered. */
export type Load =
  | { readonly kind: "closed"; readonly connections: number }
  | { readonly kind: "open"; readonly perSecond: number };

export interface LoadResult {
  readonly requests: number;
  /** Answered 202, a second. */
  readonly perSecond: number;
  /** From when the request was due, not from when it could be sent: a server that stalls cannot hide the requests it held up. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of one CPU that the generator itself took: near 1 it, not the server, sets the rate. */
  readonly generatorCpu: number;
  /** Answers other than 202, and failures, by what they were. */
  readonly refused: Readonly<Record<string, number>>;
}
