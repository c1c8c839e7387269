// What is proved, a line each.

import { isDeepStrictEqual } from 'node:util';

let count = 0;

/** Tells what has been proved. */
export function proved(what) {
  count += 1;
  console.log(`ok   ${what}`);
}

export const provedSoFar = () => count;

/** Tells something that is not a proof. */
export const note = (what) => console.log(`     ${what}`);

export function check(condition, reason) {
  if (!condition) throw new Error(reason);
}

export function same(actual, expected, what) {
  check(isDeepStrictEqual(actual, expected), `${what}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}
