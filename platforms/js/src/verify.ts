/** Whether a call has happened whose effect is not known, by the read that its action names for that. */

import { typesOf } from './action';
import type { Action, Expectation, PropertySchema, Verify } from './description';
import { ActionError } from './error';
import { at } from './pointer';
import { canonical } from './subject';

type Values = Record<string, unknown>;

/** The input of the read: each of its fields with what the call's input has in another. */
export function readInput({ arguments: given = {} }: Verify, input: Values): Values {
  const fields = Object.entries(given).map(([field, from]) => [field, input[from]] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null));
}

/** The call's output, as far as it is known, if the read tells that it has happened; else its error with what was found. */
export function judged(action: Action, verify: Verify, input: Values, found: Values, error: ActionError): Values {
  // No condition proves nothing.
  const all = (list: Expectation[]) => list.length > 0 && list.every((condition) => holds(condition, input, found));
  const [done, undone] = [all(verify.done), all(verify.undone)];
  if (done && !undone) return { ...echoed(action, input), verified: true, found };
  if (undone && !done) throw noted(error, `It was looked up with ${verify.action}: it was not done.`, 'none');
  const places = new Set([...verify.done, ...verify.undone].map(({ pointer }) => pointer));
  const where = [...places].join(', ');
  const told = `whose answer tells neither that it was done nor that it was not (at ${where}).`;
  throw noted(error, `It was looked up with ${verify.action}, ${told}`);
}

/** The call's error, where the read failed as well. */
export function unlooked({ action }: Verify, error: ActionError, why: unknown): ActionError {
  const told = why instanceof Error ? why.message : String(why);
  return noted(error, `It could not be looked up with ${action}: ${told}`);
}

function noted(error: ActionError, sentence: string, effect = error.effect): ActionError {
  return new ActionError({ ...error.toJSON(), message: `${error.message} ${sentence}`, effect });
}

function holds({ pointer, ...expected }: Expectation, input: Values, found: Values): boolean {
  const there = at(found, pointer);
  if (there === undefined) return false;
  if ('field' in expected) return isSame(there, input[expected.field]);
  return isEqual(there, expected.value);
}

/** A service may write a number as a text, or without the zeros that it was given. */
function isSame(one: unknown, other: unknown): boolean {
  const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain(one) && isPlain(other) && canonical(String(one)) === canonical(String(other));
}

function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  if (Array.isArray(one) !== Array.isArray(other) || names.length !== others.length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isEqual((one as Values)[name], (other as Values)[name]));
}

/** The members of the output that are fields of the input as well. */
function echoed({ inputSchema, outputSchema }: Action, input: Values): Values {
  const known = Object.entries(outputSchema.properties).filter(([name]) => {
    return Object.hasOwn(inputSchema.properties, name) && input[name] !== undefined && input[name] !== null;
  });
  return Object.fromEntries(known.map(([name, member]) => [name, spelled(input[name], member)]));
}

function spelled(value: unknown, member: PropertySchema): unknown {
  return typeof value === 'number' && !typesOf(member).some((type) => type !== 'string') ? String(value) : value;
}
