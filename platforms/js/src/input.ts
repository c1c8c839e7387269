/** An input as a plugin gets it. */

import { ActionError } from './error';

/** As JSON. Fails with an `ActionError` where it is none. */
export function written(input: unknown): string {
  try {
    const text: unknown = JSON.stringify(input);
    if (typeof text === 'string') return text;
  } catch {
    // A circle, or a BigInt.
  }
  throw invalid('The input can not be written as JSON.');
}

export function invalid(message: string): ActionError {
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none' });
}
