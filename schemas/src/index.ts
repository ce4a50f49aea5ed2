export * from "./topics.ts";
export * from "./reasons.ts";
export * from "./cut-text.ts";
export * from "./warnings.ts";
export * from "./values.ts";
export * from "./headers.ts";
export * from "./ids.ts";
export * from "./versions.ts";
