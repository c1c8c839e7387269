/** What has to hold of a read's output, so that something is certain. */

import type { Expectation } from './description';
import { at } from './pointer';
import { canonical } from './subject';

type Values = Record<string, unknown>;

/** The input of the read: each of its fields with what the values at hand have in another. */
export function taken(given: Record<string, string>, values: Values): Values {
  const fields = Object.entries(given).map(([field, from]) => [field, own(values, from)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null));
}

/** Whether all of it holds. No condition proves nothing. */
export function allHold(list: readonly Expectation[], values: Values, found: Values): boolean {
  return list.length > 0 && list.every((condition) => holds(condition, values, found));
}

function holds({ pointer, ...expected }: Expectation, values: Values, found: Values): boolean {
  const there = at(found, pointer);
  if (there === undefined) return false;
  if ('field' in expected) return isSame(there, own(values, expected.field));
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

function own(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
