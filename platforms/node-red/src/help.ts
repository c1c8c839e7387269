/** The help of the nodes, in the editor's side bar: out of the description. Runs when the package is built. */

import type { Action, Description, Trigger } from 'plugin-engine';
import { eventFieldsOf, itemFieldsOf, outputFieldsOf, type Field } from 'plugin-engine/forms';
import { escape } from './escape';
import { formOf, type ActionForm, type TriggerForm } from './form';

/** What is not the plugin's, as HTML: `locales/help/`. */
export type HelpTexts = Record<
  | 'inputs'
  | 'outputs'
  | 'details'
  | 'errors'
  | 'taken'
  | 'dates'
  | 'listed'
  | 'kept'
  | 'failed'
  | 'event'
  | 'eventDetails'
  | 'webhook'
  | 'poll'
  | 'once'
  | 'answered'
  | 'eventErrors'
  | 'check'
  | 'secrets',
  string
>;

/** By type of node. */
export function helpOf(description: Description, texts: HelpTexts): Record<string, string> {
  const { names, actions, triggers } = formOf(description);
  const all: Record<string, string> = {};
  if (actions.length > 0) all[names.action] = ofActions(description, actions, texts);
  if (triggers.length > 0) all[names.trigger] = ofTriggers(description, triggers, texts);
  all[names.connection] = ofConnection(description, texts);
  return all;
}

/** What each action does, and what all have in common. */
function ofActions({ actions }: Description, forms: ActionForm[], texts: HelpTexts): string {
  const each = actions.map((action, at) => {
    return titled(action, actions.length > 1) + ofAction(action, forms[at]!, texts);
  });
  const listed = forms.some(({ isSearch }) => isSearch) ? [paragraph(texts.listed)] : [];
  const details = [heading(texts.details), paragraph(texts.taken), paragraph(texts.dates), ...listed];
  return [...each, ...details, paragraph(texts.kept), heading(texts.errors), paragraph(texts.failed)].join('\n');
}

function ofAction(action: Action, { isSearch, fields }: ActionForm, texts: HelpTexts): string {
  const known = isSearch ? itemFieldsOf(action) : outputFieldsOf(action);
  const inputs = fields.map((field) => definition(`payload.${field.key}`, field, `${field.title}. `));
  const outputs = known.map((field) => definition(`${isSearch ? 'payload[].' : 'payload.'}${field.key}`, field));
  return [subheading(texts.inputs), list(inputs), subheading(texts.outputs), list(outputs)].join('\n');
}

function ofTriggers({ triggers = [] }: Description, forms: TriggerForm[], texts: HelpTexts): string {
  const each = triggers.map((trigger, at) => {
    return titled(trigger, triggers.length > 1) + ofTrigger(trigger, forms[at]!, texts);
  });
  const has = (delivery: string) => forms.some((form) => form.delivery === delivery);
  const details = [
    texts.event,
    ...(has('webhook') ? [texts.webhook] : []),
    ...(has('poll') ? [texts.poll] : []),
    texts.once,
    texts.answered,
  ];
  const errors = [heading(texts.errors), paragraph(texts.eventErrors)];
  return [...each, heading(texts.details), ...details.map(paragraph), ...errors].join('\n');
}

function ofTrigger(trigger: Trigger, { fields, docs }: TriggerForm, texts: HelpTexts): string {
  const inputs = fields.map((field) => definition(field.title, field));
  const outputs = eventFieldsOf(trigger).map((field) => definition(`payload.${field.key}`, field));
  return [
    ...(docs === undefined ? [] : [paragraph(escape(docs))]),
    ...(inputs.length === 0 ? [] : [subheading(texts.inputs), list(inputs)]),
    subheading(texts.outputs),
    list(outputs),
  ].join('\n');
}

function ofConnection(description: Description, texts: HelpTexts): string {
  const rows = formOf(description).connection.map((field) => {
    const { title, description, required, secret } = field;
    const kind = secret ? ' <span class="property-type">secret</span>' : '';
    return entry(`${escape(title)}${kind}`, description, required !== true);
  });
  const about = description.connection.schema.description ?? description.description;
  return [paragraph(escape(about)), list(rows), paragraph(texts.check), paragraph(texts.secrets)].join('\n');
}

function titled({ title, description }: { title: string; description: string }, isTitled: boolean): string {
  return `${isTitled ? `${heading(escape(title))}\n` : ''}${paragraph(escape(description))}\n`;
}

/** `before` stands before the field's description; of lines, all that each has comes after it. */
function definition(name: string, { kind, description, required, fields = [] }: Field, before = ''): string {
  const each = fields.map(({ key, description }) => `${key}: ${description}`);
  const type = ` <span class="property-type">${kind === 'dateTime' ? 'date-time' : kind}</span>`;
  return entry(`${escape(name)}${type}`, [`${before}${description}`, ...each].join(' '), required !== true);
}

function entry(name: string, description: string, isOptional: boolean): string {
  return `<dt${isOptional ? ' class="optional"' : ''}>${name}</dt><dd>${escape(description)}</dd>`;
}

function list(entries: string[]): string {
  return `<dl class="message-properties">\n${entries.join('\n')}\n</dl>`;
}

function heading(html: string): string {
  return `<h3>${html}</h3>`;
}

function subheading(html: string): string {
  return `<h4>${html}</h4>`;
}

function paragraph(html: string): string {
  return `<p>${html}</p>`;
}
