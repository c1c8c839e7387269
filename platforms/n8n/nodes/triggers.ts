/** What the trigger nodes have in common. */

import { description } from 'plugin:bundle';
import type { FunctionsBase, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { ActionError, inTitleCase, type Named, type Trigger, type TriggerEvent } from 'plugin-engine';
import { fieldsOf } from 'plugin-engine/forms';
import { CONNECTION_FIELDS } from './common';
import { nodeError } from './errors';
import { inputOf } from './input';
import { EVENT } from './names';

export function triggersOf(delivery: Trigger['delivery']): Trigger[] {
  return (description.triggers ?? []).filter((trigger) => trigger.delivery === delivery);
}

type Context = Pick<FunctionsBase, 'getNode' | 'getTimezone'> & {
  getNodeParameter(name: string, fallback?: unknown): unknown;
};

/** The trigger that a node is set to, with what narrows it down. */
export function asked(context: Context, triggers: Trigger[]): { trigger: Trigger; input: Record<string, unknown> } {
  const name = String(context.getNodeParameter(EVENT, ''));
  const trigger = triggers.find((trigger) => trigger.name === name);
  try {
    if (!trigger) throw invalid(`There is no event "${name}".`);
    const input = inputOf(trigger, (name) => context.getNodeParameter(name, null), context.getTimezone());
    return { trigger, input };
  } catch (error) {
    throw nodeError(context.getNode(), error, trigger ? fieldsIn(trigger) : []);
  }
}

/** What a message may name. */
export function fieldsIn(trigger: Trigger): Named[] {
  return [...inTitleCase(fieldsOf(trigger)), ...CONNECTION_FIELDS];
}

/** Events as the contract has them: what is known of each is its `data`. */
export function itemsOf(events: TriggerEvent[]): INodeExecutionData[] {
  return events.map((event) => ({ json: event as unknown as IDataObject }));
}

export function invalid(message: string): ActionError {
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none' });
}
