/** What a call changes. What is one thing to the service has to be one here, however it is written. */

import type { Action } from './description';
import { trimmed } from './text';

/** Whole numbers are written out up to so many zeros at their end. */
const MOST_ZEROS = 40n;

/** The subject of a call; null if there is none: then the plugin refuses the input, or nothing is to be kept apart. */
export function subjectOf(action: Action, input: Record<string, unknown>): string | null {
  const value = action.subject === undefined ? null : (input?.[action.subject] ?? null);
  // What is neither, no order is; and some of it has no text.
  if (!['string', 'number', 'boolean'].includes(typeof value)) return null;
  const text = canonical(String(value));
  return text === '' ? null : `${action.subject} ${text}`;
}

/**
 * A value in one way: without blanks around it, and a number without needless zeros, point or exponent. So 7, "007",
 * " 7 " and "7.0" are the same, as are "1e2" and 100.
 */
export function canonical(text: string): string {
  const plain = trimmed(text);
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(plain);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts ?? [];
  const digits = whole + fraction;
  // A longer exponent is nobody's number.
  if (!parts || digits === '' || exponent.length > 15) return plain;
  const significant = digits.replace(/0+$/, '');
  const zeros = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  const rest = significant.replace(/^0+/, '');
  if (rest === '') return '0';
  const minus = sign === '-' ? '-' : '';
  return zeros >= 0n && zeros <= MOST_ZEROS
    ? `${minus}${rest}${'0'.repeat(Number(zeros))}`
    : `${minus}${rest}e${zeros}`;
}
