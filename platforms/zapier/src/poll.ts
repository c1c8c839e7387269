/** A trigger that the plugin polls for, as a polling trigger of Zapier's. */

import type { Bundle, Trigger as ZapierTrigger, ZObject } from 'zapier-platform-core';
import { pollAll, type Polled } from 'plugin-engine';
import { connectionFields, fieldsOf, type Description, type Trigger } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { triggerError } from './errors';
import { eventFields, eventNoun, eventOutput, eventSample } from './event';
import { inputFields, inputOf } from './fields';
import type { UsePlugin } from './session';
import { displayOf } from './text';
import { throttle } from './throttle';

const DAY_S = 86_400;

/**
 * How far each poll looks back. Zapier keeps no cursor from one poll to the next (that of `z.cursor` is gone after an
 * hour), but all ids that it has seen since the Zap was turned on. So every poll asks for the same stretch of time and
 * what is known in it is passed over. Three days are a weekend in which a service was out of order.
 */
const LOOKS_BACK_S = 3 * DAY_S;

/** How far, for a sample, where nothing has happened in that time. */
const SAMPLE_LOOKS_BACK_S = 30 * DAY_S;

/** Events in a page: each costs requests, and all of them have to be read in one step. */
const PAGE = 1000;

/** Zapier ends a poll after 30 seconds, its own work included. */
const TIME_MS = 25_000;

export function poll(trigger: Trigger, description: Description, usePlugin: UsePlugin): ZapierTrigger {
  const fields = fieldsOf(trigger);
  const named = [...fields, ...connectionFields(description)];
  const read = (z: ZObject, bundle: Bundle, seconds: number, signal: AbortSignal): Promise<Polled> => {
    const start = Math.floor(Date.now() / 1000) - seconds;
    const request = { input: inputOf(trigger, bundle), start, limit: PAGE, most: Infinity };
    return usePlugin((plugin) => pollAll(plugin, trigger.name, request, bundle.authData, { signal })).catch(
      (error: unknown) => {
        throw signal.aborted ? tooMuch(z, seconds, fields) : triggerError(z, error, named);
      },
    );
  };
  return {
    key: trigger.name,
    noun: eventNoun(trigger),
    display: displayOf(trigger),
    operation: {
      type: 'polling',
      inputFields: inputFields(trigger),
      outputFields: eventFields(trigger),
      sample: eventSample(trigger),
      ...throttle(description),
      perform: async (z, bundle) => {
        const signal = AbortSignal.timeout(TIME_MS);
        let polled = await read(z, bundle, LOOKS_BACK_S, signal);
        if (polled.error !== undefined) throw triggerError(z, polled.error, named);
        // The newest come last: without them nothing new would ever be seen.
        if (polled.hasMore) throw tooMuch(z, LOOKS_BACK_S, fields);
        const isEmptySample = bundle.meta?.isLoadingSample && polled.events.length === 0;
        if (isEmptySample) polled = await read(z, bundle, SAMPLE_LOOKS_BACK_S, signal);
        for (const { id } of polled.refuted) z.console.log(`The service knows nothing of the event ${id}.`);
        return polled.events.toReversed().map((event) => eventOutput(trigger, event));
      },
    },
  };
}

function tooMuch(z: ZObject, seconds: number, fields: { title: string }[]): Error {
  const titles = fields.map(({ title }) => titleCase(title)).join(', ');
  const remedy = titles && ` Narrow the trigger down: ${titles}.`;
  const message = `More has happened in the last ${seconds / DAY_S} days than can be read in one poll.${remedy}`;
  return new z.errors.Error(message, 'too_much', 503);
}
