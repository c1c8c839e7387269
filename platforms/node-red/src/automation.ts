/** Flows of the import menu that begin with a trigger. Made when the package is built. */

import type { Description, Trigger } from 'plugin-engine';
import type { Field } from 'plugin-engine/forms';
import { Sheet, type Part } from './flow-parts';
import { empty, formOf, namesOf, type Source } from './form';

/** An example of what people build: one of the bundle's `automations.json`. */
export interface Automation {
  name: string;
  title: string;
  description: string;
  trigger: string;
  steps: Step[];
}

interface Step {
  action: string;
  /** By field. */
  input: Record<string, Given>;
}

/** A value, a JSON pointer into the event, or the present time. */
type Given = { value: unknown } | { event: string } | { now: true };

const Y = 100;
const STEP_X = 260;

/** A trigger's events, to be looked at. */
export function triggerFlow(description: Description, trigger: Trigger): Part[] {
  const sheet = begun(description, trigger, {
    name: trigger.name,
    title: trigger.title,
    description: trigger.description,
  });
  sheet.add('in', nodeOf(description, sheet, trigger.name, 0), [150, Y], ['event']);
  sheet.addDebug('event', 'true', [400, Y]);
  sheet.addCatch(['in'], [150, Y + 80], ['failed']);
  sheet.addDebug('failed', 'error', [400, Y + 80]);
  return sheet.parts;
}

/**
 * Its steps one after the other. The last tells the first node that the event is done; a Catch node tells it that a step
 * has failed, so that the event comes again.
 */
export function automationFlow(description: Description, automation: Automation): Part[] {
  const { trigger: name, steps } = automation;
  const trigger = description.triggers?.find((one) => one.name === name);
  if (!trigger) throw new Error(`automations.json: ${automation.name} begins with "${name}", which is no trigger.`);
  const sheet = begun(description, trigger, automation);
  const parts = steps.map((_, at) => `step-${at + 1}`);
  sheet.add('in', nodeOf(description, sheet, name, 1), [150, Y], [parts[0] ?? 'in']);
  for (const [at, step] of steps.entries()) {
    const next = [parts[at + 1] ?? 'in'];
    sheet.add(parts[at]!, stepOf(description, sheet, automation, step), [150 + STEP_X * (at + 1), Y], next);
  }
  sheet.addCatch(['in', ...parts], [150, Y + 100], ['in', 'failed']);
  sheet.addDebug('failed', 'error', [400, Y + 100]);
  return sheet.parts;
}

function begun(
  description: Description,
  { docs }: Trigger,
  of: { name: string; title: string; description: string },
): Sheet {
  const { title } = description;
  const setUp = `Open the connection of a ${title} node, enter your account, and deploy.`;
  const paragraphs = [
    of.description,
    setUp,
    ...(docs ? [`The address to copy is in the dialog of the first node. ${docs}`] : []),
  ];
  const sheet = new Sheet(
    `${namesOf(description).action}-${of.name}`,
    `${title}: ${of.title}`,
    paragraphs.join('\n\n'),
  );
  sheet.addConnection(description);
  return sheet;
}

/** The node that tells what happens; `inputs` is 1 where the flow says when an event is done. */
function nodeOf(description: Description, sheet: Sheet, trigger: string, inputs: 0 | 1) {
  const start: Source = { type: 'now', value: '' };
  const own = { trigger, fields: {}, base: '', every: 60, start, shared: false, inputs };
  return { type: namesOf(description).trigger, name: '', connection: sheet.id('connection'), ...own };
}

function stepOf(description: Description, sheet: Sheet, automation: Automation, { action, input }: Step) {
  const form = formOf(description).actions.find(({ name }) => name === action);
  const unknown = Object.keys(input).find((key) => !form?.fields.some((field) => field.key === key));
  if (!form || unknown !== undefined) {
    const what = form ? `gives "${action}" the field "${unknown}"` : `calls "${action}"`;
    throw new Error(`automations.json: ${automation.name} ${what}, which there is not.`);
  }
  const fields = form.fields.map((field) => {
    const given = input[field.key];
    return [field.key, given ? sourceOf(field, given) : empty(field)];
  });
  const node = { type: namesOf(description).action, name: '', connection: sheet.id('connection'), action };
  return { ...node, fields: Object.fromEntries(fields) };
}

function sourceOf(field: Field, given: Given): Source {
  if ('now' in given) return { type: 'date', value: '' };
  if ('event' in given)
    return { type: 'msg', value: `event${given.event.replace(/\/(\d+)/g, '[$1]').replaceAll('/', '.')}` };
  const { value } = given;
  if (field.kind === 'list' && Array.isArray(value)) {
    const element = { ...field, kind: field.element?.kind ?? 'text' };
    return {
      type: 'list',
      value: '',
      values: value.map((one) => ({ ...empty({ ...element, required: true }), value: String(one) })),
    };
  }
  if (typeof value === 'object') return { type: 'json', value: JSON.stringify(value) };
  return { ...empty({ ...field, required: true }), value: String(value) };
}
