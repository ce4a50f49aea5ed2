/** `npm run bench -- --suite NAME [--seconds N] [--size N] [--json]`: measures, prints, exits 0; 1 when it could not measure, 2 for wrong use. */
import { readArguments, UsageError } from "./arguments.ts";
import { loadSuite, suiteNames } from "./find-suites.ts";
import { measured, reportText } from "./print-report.ts";
import { runSuite } from "./run-suite.ts";

const INTERRUPTED = 130;

async function main(): Promise<number> {
  const wish = readArguments(process.argv.slice(2), suiteNames());
  if (wish.kind === "list") {
    for (const name of suiteNames()) console.log(`${name}\n    ${(await loadSuite(name)).about}`);
    return 0;
  }
  const suite = await loadSuite(wish.suite);
  const interrupted = interruptSignal();
  try {
    const report = await runSuite(suite, {
      seconds: wish.seconds,
      profileDir: wish.profileDir,
      size: wish.size,
      signal: interrupted,
      env: process.env,
      note: (line) => console.error(line),
    });
    const result = measured(suite.name, wish.seconds, report);
    console.log(wish.json ? JSON.stringify(result, null, 2) : reportText(result));
    return 0;
  } catch (error) {
    if (interrupted.aborted) return INTERRUPTED;
    throw error;
  }
}

/** Aborts at Ctrl-C, SIGTERM and hang-up, so that everything is ended in order; a second one ends at once (the watchdog ends the rest). */
function interruptSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(INTERRUPTED);
      console.error("\nending everything …");
      abort.abort();
    });
  }
  return abort.signal;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(
    error instanceof UsageError
      ? `${error.message} Usage: npm run bench -- --suite NAME [--seconds N] [--size N] [--json], or --list.`
      : error,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
