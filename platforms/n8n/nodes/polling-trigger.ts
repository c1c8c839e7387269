/** The class of the node that asks a service from time to time, made from the plugin's description. */

import { description } from 'plugin:bundle';
import { type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions } from 'n8n-workflow';
import { ActionError, isLasting, pollAll, type Trigger, type TriggerEvent } from 'plugin-engine';
import { toRfc3339 } from 'plugin-engine/datetime';
import { baseOf, methodsOf } from './base';
import { messageOf, nodeError } from './errors';
import { connectionOf } from './input';
import { START, START_AT, type Names } from './names';
import { sharedPlugin } from './plugin';
import { accountOf, MOST_SEEN, seenBy } from './seen';
import { pollProperties } from './trigger-properties';
import { asked, fieldsIn, invalid, itemsOf, triggersOf } from './triggers';

/** Where a test looks for an event: in what has happened lately. */
const LATELY_S = 7 * 86_400;

/** What n8n keeps of the node. A cursor is good for what it was asked with. */
interface Place {
  of?: string;
  cursor?: string | null;
  /** In milliseconds: the service wants to be left alone until then. */
  notBefore?: number;
}

export function pollingTriggerClass(names: Names) {
  const { credential, title } = names;
  const triggers = triggersOf('poll');

  return class implements INodeType {
    description: INodeTypeDescription = {
      ...baseOf(names),
      group: ['trigger'],
      version: 1,
      subtitle: '={{ $parameter["event"].replaceAll("_", " ") }}',
      description: `Starts the workflow when something has happened in ${description.title}, for which it asks from time to time`,
      polling: true,
      inputs: [],
      properties: pollProperties(triggers),
    };

    methods = methodsOf(triggers, credential);

    async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
      const { trigger, input } = asked(this, triggers);
      const events =
        this.getMode() === 'manual' ? await oneOf(this, trigger, input) : await newOnes(this, trigger, input);
      return events.length === 0 ? null : [itemsOf(events)];
    }
  };

  /** For a test: a real one, or the sample where nothing has happened. It is no news for the workflow. */
  async function oneOf(context: IPollFunctions, trigger: Trigger, input: Values): Promise<TriggerEvent[]> {
    try {
      const connection = connectionOf(description, await context.getCredentials(credential));
      const start = Math.floor(Date.now() / 1000) - LATELY_S;
      const { events } = await pollAll(await sharedPlugin(), trigger.name, { input, start, most: 1 }, connection);
      return [events.at(-1) ?? { id: 'sample', data: trigger.sample }];
    } catch (error) {
      throw nodeError(context.getNode(), error, fieldsIn(trigger));
    }
  }

  async function newOnes(context: IPollFunctions, trigger: Trigger, input: Values): Promise<TriggerEvent[]> {
    const place = context.getWorkflowStaticData('node') as Place;
    const of = JSON.stringify([trigger.name, input, accountOf(context, credential)]);
    const cursor = place.of === of ? (place.cursor ?? null) : null;
    if (Date.now() < (place.notBefore ?? 0)) return [];
    try {
      const { seen, keep } = seenBy(context, credential);
      const connection = connectionOf(description, await context.getCredentials(credential));
      const request = {
        input,
        start: startOf(context),
        state: { cursor, seen: seen.toJSON() },
        seen: { most: MOST_SEEN },
      };
      const polled = await pollAll(await sharedPlugin(), trigger.name, request, connection);
      for (const { id } of polled.refuted)
        context.logger.warn(`${title}: ${description.title} does not know of ${id}.`);
      // Meanwhile a webhook may have told the same.
      const events = seen.fresh(polled.events);
      seen.note(events);
      if (events.length > 0) keep();
      Object.assign(place, { of, cursor: polled.state.cursor });
      return events;
    } catch (error) {
      // The first time somebody is there to see it.
      if (cursor === null || !comesBack(error)) throw nodeError(context.getNode(), error, fieldsIn(trigger));
      if (error.retryAfterS !== undefined) place.notBefore = Date.now() + error.retryAfterS * 1000;
      context.logger.warn(`${title}: ${messageOf(error, fieldsIn(trigger))} It is asked again later.`);
      return [];
    }
  }

  function startOf(context: IPollFunctions): 'now' | 'beginning' | number {
    const start = context.getNodeParameter(START, 'now');
    if (start !== 'date') return start === 'beginning' ? 'beginning' : 'now';
    const moment = Date.parse(String(toRfc3339(context.getNodeParameter(START_AT, ''), context.getTimezone())));
    if (Number.isNaN(moment)) throw invalid('Start Date is missing, or no date.');
    return Math.floor(moment / 1000);
  }
}

type Values = Record<string, unknown>;

/** A service that is out of order for a while is no failure of the workflow. */
function comesBack(error: unknown): error is ActionError {
  return error instanceof ActionError && error.retry === 'later' && !isLasting(error);
}
