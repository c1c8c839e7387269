/** The fields of an action or a trigger, as n8n's form has them. */

import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { fieldsOf, type Action, type Condition, type Field, type Trigger } from 'plugin-engine/forms';
import { ADDITIONAL, OPERATION, parameterName, VERSIONS } from './names';
import { linesAsJson, property, several } from './property';

type Values = Record<string, string[]>;

/** What a person fills in for one of the node's choices: for an operation, or for an event. */
export interface Choice {
  of: Action | Trigger;
  /** The parameter that it is chosen by. */
  by: string;
  /** Whether its optional fields narrow down what is found. */
  isFiltered: boolean;
}

/** The fields that have to be filled in, and a collection of those that need not. */
export function fieldProperties(choice: Choice): { required: INodeProperties[]; optional: INodeProperties[] } {
  const fields = fieldsOf(choice.of);
  const inForm = fields.filter((field) => field.required !== false || decides(field, fields));
  const optional = fields.flatMap((field) => addedProperties(choice, field, inForm.includes(field)));
  return {
    required: inForm.flatMap((field) => formProperty(choice, field)),
    optional: optional.length === 0 ? [] : [collection(choice, optional)],
  };
}

/** Whether another field looks at it. n8n reads no condition on a field that was added to the form. */
function decides({ key }: Field, fields: Field[]): boolean {
  return fields.some(({ visible = {}, required }) => {
    return key in visible || (typeof required === 'object' && key in required.when);
  });
}

/** A field stands in the form itself where it has to be filled in, or decides on others. */
function formProperty(choice: Choice, field: Field): INodeProperties[] {
  const when = typeof field.required === 'object' ? field.required.when : {};
  const show = both(field.visible ?? {}, when);
  if (!show) return [];
  const shown = { show: { ...chosen(choice), ...named(show) } };
  return forms(choice, field).map((plain) => {
    if (field.required === false) return displayed(withNothing(plain), shown);
    // Lines can be given in another way, and then none of these is filled in.
    return displayed({ ...plain, ...(field.kind !== 'lines' && { required: true }) }, shown);
  });
}

/** How it is entered. Of a list with choices, workflows of the node's first version have one. */
function forms({ of, by }: Choice, field: Field): INodeProperties[] {
  if (field.kind !== 'list' || !field.options) return [property(of, field)];
  const many = several(of, field, choicesDependOn(of, field));
  if (by !== OPERATION) return [many];
  return [
    { ...property(of, field), displayOptions: { show: { '@version': [VERSIONS.first] } } },
    { ...many, displayOptions: { show: { '@version': [VERSIONS.second] } } },
  ];
}

/** Where in the node's parameters the values stand that a field's choices depend on. */
function choicesDependOn(of: Action | Trigger, { options }: Field): string[] {
  const fields = fieldsOf(of);
  const keys = Object.values(options?.arguments ?? {});
  return fields
    .filter(({ key }) => keys.includes(key))
    .map((other) => {
      const isInForm = other.required !== false || decides(other, fields);
      const place = isInForm ? parameterName(other) : `${ADDITIONAL}.${parameterName(other)}`;
      // One that is chosen from a list is an object with its value.
      return other.options && other.kind !== 'list' ? `${place}.value` : place;
    });
}

/** A field with choices of which none has to be taken. */
function withNothing(plain: INodeProperties): INodeProperties {
  if (plain.type !== 'options') return plain;
  const nothing = { name: 'Not Set', value: '' };
  return { ...plain, options: [nothing, ...((plain.options ?? []) as INodePropertyOptions[])], default: '' };
}

/** Everywhere else it can be added. */
function addedProperties(choice: Choice, field: Field, isInForm: boolean): INodeProperties[] {
  const { visible = {}, required } = field;
  const show = rooted(visible);
  const json = field.kind === 'lines' ? [displayed(linesAsJson(field), { show })] : [];
  if (required === true || (required === false && isInForm)) return json;
  const all = forms(choice, field);
  if (required === false) return [...all.map((plain) => displayed(plain, { show })), ...json];
  const conditions = Object.entries(required.when);
  const isAlwaysRequired = conditions.every(([key, values]) => visible[key]?.every((value) => values.includes(value)));
  if (isAlwaysRequired) return json;
  // n8n hides a field where one of the conditions holds, not all of them. Of several the plugin has to tell.
  const hide = conditions.length === 1 ? rooted(required.when) : {};
  return [...all.map((plain) => displayed(plain, { show, hide })), ...json];
}

function collection(choice: Choice, options: INodeProperties[]): INodeProperties {
  const byName = (a: INodeProperties, b: INodeProperties) => a.displayName.localeCompare(b.displayName);
  const texts = choice.isFiltered
    ? { displayName: 'Filters', placeholder: 'Add Filter' }
    : { displayName: 'Additional Fields', placeholder: 'Add Field' };
  return {
    ...texts,
    name: ADDITIONAL,
    type: 'collection',
    default: {},
    displayOptions: { show: chosen(choice) },
    options: options.length < 5 ? options : options.toSorted(byName),
  };
}

/** Where it is the one that is chosen. */
function chosen({ of, by }: Choice): Values {
  return { [by]: [of.name] };
}

/** Where both conditions hold; none if they never do. */
function both(one: Condition, other: Condition): Values | null {
  const values: Values = { ...one };
  for (const [key, accepted] of Object.entries(other)) {
    values[key] = accepted.filter((value) => one[key]?.includes(value) ?? true);
  }
  return Object.values(values).some((accepted) => accepted.length === 0) ? null : values;
}

/** In a collection a condition looks at the form around it. */
function rooted(condition: Condition): Values {
  return named(condition, '/');
}

function named(condition: Condition, prefix = ''): Values {
  return Object.fromEntries(
    Object.entries(condition).map(([key, values]) => [prefix + parameterName({ key }), values]),
  );
}

/** Under these conditions, besides its own. */
function displayed(
  plain: INodeProperties,
  { show = {}, hide = {} }: { show?: Values; hide?: Values },
): INodeProperties {
  const all: IDisplayOptions = { show: { ...plain.displayOptions?.show, ...show }, hide };
  const used = Object.entries(all).filter(([, values]) => Object.keys(values).length > 0);
  return { ...plain, ...(used.length > 0 && { displayOptions: Object.fromEntries(used) as IDisplayOptions }) };
}
