/** Whether a call has happened whose effect is not known, by the read that its action names for that. */

import { typesOf } from './action';
import type { Action, PropertySchema, Verify } from './description';
import { ActionError } from './error';
import { allHold } from './expectation';

type Values = Record<string, unknown>;

/** The call's output, as far as it is known, if the read tells that it has happened; else its error with what was found. */
export function judged(action: Action, verify: Verify, input: Values, found: Values, error: ActionError): Values {
  const [done, undone] = [allHold(verify.done, input, found), allHold(verify.undone, input, found)];
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
