/** Numbers that have lost digits before they came here. */

import type { Action, Trigger } from './description';
import { ActionError, type Problem } from './error';

/**
 * JavaScript rounds whole numbers from 2^53 on, so that one may be another order's by now: they are refused where a
 * field is not for numbers in general. Of moments the plugin knows better what such a number is.
 */
export function refuseRounded(action: Action | Trigger, input: unknown): void {
  const problems = Object.entries(input ?? {}).flatMap(([field, value]): Problem[] => {
    if (!isRounded(value) || !isExact(action, field)) return [];
    const message = `${field} is a number so large that programs round it: give it as a text (got ${value})`;
    return [{ field, message }];
  });
  const [first] = problems;
  if (!first) return;
  const message = problems.map(({ message }) => message).join('; ');
  throw new ActionError({
    kind: 'invalid_input',
    message,
    retry: 'never',
    effect: 'none',
    field: first.field,
    problems,
  });
}

function isRounded(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

function isExact(action: Action | Trigger, field: string): boolean {
  const isMoment = action.form?.moments?.includes(field) === true;
  return !isMoment && ![action.inputSchema.properties[field]?.type].flat().includes('number');
}
