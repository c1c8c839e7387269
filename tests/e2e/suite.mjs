// The beginning and the end of a suite.

import { provedSoFar } from './checks.mjs';
import { stopAll } from './processes.mjs';

/** Runs a suite, and ends with its closing line, or with what failed and the exit code 1. */
export async function suite(name, main) {
  try {
    await main();
    console.log(`e2e ${name}: ${provedSoFar()} checks passed`);
  } catch (error) {
    console.error(`FAILED after ${provedSoFar()} checks: ${error.stack}`);
    process.exitCode = 1;
  } finally {
    await stopAll();
  }
  // Without waiting for what the failed part may have left open.
  process.exit();
}
