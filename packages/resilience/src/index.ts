export * from "./circuit.ts";
