/** Whether a call has happened whose effect is not known, by the read that its action names for that. */

import { typesOf } from './action';
import type { Action, PropertySchema, Verify } from './description';
import { ActionError } from './error';
import { allHold } from './expectation';
import { ADVICE, isRepeatable, LOOK, once, withoutAdvice } from './repeats';

type Values = Record<string, unknown>;

/** The call's output, as far as it is known, if the read tells that it has happened; else its error with what was found. */
export function judged(action: Action, verify: Verify, input: Values, found: Values, error: ActionError): Values {
  const [done, undone] = [allHold(verify.done, input, found), allHold(verify.undone, input, found)];
  if (done && !undone) return { ...echoed(action, input), verified: true, found };
  if (undone && !done) throw noted(action, error, `It was looked up with ${verify.action}: it was not done.`, 'none');
  const places = new Set([...verify.done, ...verify.undone].map(({ pointer }) => pointer));
  const where = [...places].join(', ');
  const told = `whose answer tells neither that it was done nor that it was not (at ${where}).`;
  throw noted(action, error, `It was looked up with ${verify.action}, ${told}`);
}

/** The call's error, where the read failed as well. */
export function unlooked(action: Action, verify: Verify, error: ActionError, why: unknown): ActionError {
  const told = why instanceof Error ? why.message : String(why);
  // What to do about the call is said of the call.
  return noted(action, error, `It could not be looked up with ${verify.action}: ${withoutAdvice(told)}`);
}

/** What was found stands before what to do; and that is to look first, where nothing else is known to be harmless. */
function noted(action: Action, error: ActionError, sentence: string, effect = error.effect): ActionError {
  const mayRepeat = isRepeatable(action, { effect });
  const advice = mayRepeat ? (ADVICE.exec(error.message)?.[0] ?? '') : LOOK;
  const message = [withoutAdvice(error.message), sentence, advice].filter(Boolean).join(' ');
  const noted = { ...error.toJSON(), message, effect };
  return mayRepeat ? new ActionError(noted) : once(noted);
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
