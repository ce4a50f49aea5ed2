/** The variables of this process: the one place that reads `process.env`. A copy, so that nothing later changes what was read. */
export function processEnvironment(): Record<string, string | undefined> {
  return { ...process.env };
}
