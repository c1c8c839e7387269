/** The key by which a service knows the repeats of a call: filled in where the caller gives none. */

import { isAbsent, keyOf } from './action';
import type { Action, PropertySchema } from './description';
import { ActionError } from './error';
import { once } from './repeats';

/** A call's input, and the key that has been filled in. */
export interface Filled {
  input: Record<string, unknown>;
  field?: string;
  key?: string;
}

/** The input with a key of its own, unless it has one or its field takes none: then the plugin says what is wrong. */
export function withKey(action: Action, input: Record<string, unknown>): Filled {
  const field = keyOf(action);
  if (field === undefined || !isAbsent(input?.[field])) return { input };
  const key = newKey(action.inputSchema.properties[field] ?? {});
  return key === undefined ? { input } : { input: { ...input, [field]: key }, field, key };
}

/** An error of the call for someone who does not know the key: without it, a repeat could be done twice. */
export function toldOf({ field, key }: Filled, error: unknown): unknown {
  if (key === undefined || !(error instanceof ActionError) || error.effect !== 'unknown') return error;
  const message = `${error.message} To make it again, give ${field} the value ${key}: then it is not done twice.`;
  return once({ ...error.toJSON(), message });
}

/** Of 128 bits, in the first form that the field takes: a UUID's text, 32 hexadecimal digits, 22 letters and digits, 39 digits. */
function newKey(field: PropertySchema): string | undefined {
  const uuid = crypto.randomUUID();
  const hex = uuid.replaceAll('-', '');
  const number = BigInt(`0x${hex}`);
  return [uuid, hex, inLetters(number), String(number).padStart(39, '0')].find((text) => takes(field, text));
}

function takes({ pattern, minLength = 0, maxLength = Infinity }: PropertySchema, text: string): boolean {
  const isFitting = text.length >= minLength && text.length <= maxLength;
  return isFitting && (pattern === undefined || new RegExp(pattern, 'u').test(text));
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function inLetters(number: bigint): string {
  let text = '';
  for (let rest = number; text.length < 22; rest /= 62n) text = LETTERS[Number(rest % 62n)] + text;
  return text;
}
