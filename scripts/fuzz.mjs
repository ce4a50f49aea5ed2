/** `npm run fuzz`: mutated emails; with --endpoints hostile requests to the gateway's process. */
await import(
  process.argv.includes("--endpoints")
    ? "../services/ingest-gateway/scripts/fuzz-endpoints.ts"
    : "../packages/email/scripts/fuzz.ts"
);
