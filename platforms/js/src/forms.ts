/** Forms for people, derived from a description when a platform's package is built. */

import { keyOf, pagingFields, typesOf } from './action';
import type {
  Action,
  Condition,
  Description,
  Form,
  ObjectSchema,
  Options,
  PropertySchema,
  Trigger,
} from './description';

export { actionNamed, isAbsent, isRead, isSearch, keyOf } from './action';
export { localized } from './language';
export { triggerNamed } from './trigger';
export type {
  Action,
  Condition,
  Description,
  Limit,
  ObjectSchema,
  Options,
  PropertySchema,
  Trigger,
} from './description';

/** How a field is best entered. `list`: several values; `lines`: several lines with fields of their own. */
export type FieldKind = 'text' | 'choice' | 'dateTime' | 'integer' | 'number' | 'boolean' | 'list' | 'lines';

export interface Choice {
  value: string;
  /** What a person reads. */
  title: string;
  /** What it means, where its title does not say so. */
  description?: string;
}

export interface Field {
  key: string;
  title: string;
  description: string;
  /** `true`: always; `false`: never; `when`: where each field named has one of its values. */
  required: boolean | { when: Condition };
  /** When to show it; always, if there is none. */
  visible?: Condition;
  kind: FieldKind;
  /** Of a `choice`. */
  choices: Choice[];
  /** Of a field whose choices the service knows; `field` is what it is asked by, also in a line: `goods[].sku`. */
  options?: Options & { field: string };
  /** Of `lines`: what each of them has. */
  fields?: Field[];
  /** Of a `list`: what each of its values is. */
  element?: Field;
  example?: unknown;
}

export interface ConnectionField extends Field {
  /** To be hidden while it is typed, and kept encrypted. */
  secret: boolean;
  default?: string | boolean;
}

/**
 * The input fields of an action or a trigger, in the order of its form, but for those of pages. Nobody has to fill in the key by which
 * the service knows repeats: the engine does where it is left empty.
 */
export function fieldsOf(action: Action | Trigger): Field[] {
  const { inputSchema: schema, form } = action;
  const [paging, repeats] = 'eventSchema' in action ? [[], undefined] : [pagingFields(action), keyOf(action)];
  const unordered = Object.keys(schema.properties).filter((key) => !form?.order.includes(key));
  const keys = [...(form?.order ?? []), ...unordered].filter((key) => !paging.includes(key));
  return keys.map((key) => {
    const visible = form?.visible?.[key];
    return {
      ...fieldOf(schema, key, form),
      ...(visible && { visible }),
      ...(key === repeats && { required: false }),
    };
  });
}

/** Those of them whose choices the service knows, also in lines. */
export function chosenFieldsOf(action: Action | Trigger): (Field & { options: NonNullable<Field['options']> })[] {
  const all = fieldsOf(action).flatMap((field) => [field, ...(field.fields ?? [])]);
  return all.flatMap((field) => (field.options ? [{ ...field, options: field.options }] : []));
}

/** The fields of the output of an action. */
export function outputFieldsOf({ outputSchema }: Pick<Action, 'outputSchema'>): Field[] {
  return Object.keys(outputSchema.properties).map((key) => fieldOf(outputSchema, key));
}

/** The fields of what a trigger tells. */
export function eventFieldsOf({ eventSchema }: Pick<Trigger, 'eventSchema'>): Field[] {
  return Object.keys(eventSchema.properties).map((key) => fieldOf(eventSchema, key));
}

/** The fields of what a search finds; none, if it does not say. */
export function itemFieldsOf(action: Pick<Action, 'outputSchema'>): Field[] {
  return outputFieldsOf(action).find(({ key }) => key === 'items')?.fields ?? [];
}

/** The config keys of a connection. */
export function connectionFields(description: Description): ConnectionField[] {
  const schema = description.connection.schema;
  return Object.entries(schema.properties).map(([key, property]) => {
    const field = fieldOf(schema, key);
    const initial = field.kind === 'boolean' ? property.default === 'true' : property.default;
    return {
      ...field,
      secret: isSecret(property),
      ...((typeof initial === 'string' || typeof initial === 'boolean') && { default: initial }),
    };
  });
}

/** Whether a value is a secret, as a JSON Schema says it. */
export function isSecret(property: PropertySchema): boolean {
  return property.writeOnly === true || property.format === 'password';
}

/** Whether a condition holds for these values. */
export function holds(condition: Condition, values: Record<string, unknown>): boolean {
  return Object.entries(condition).every(([key, accepted]) => accepted.includes(String(values[key] ?? '')));
}

/** `within` is where it stands: nowhere, or in the lines of another. */
function fieldOf(schema: ObjectSchema, key: string, form?: Form, within = ''): Field {
  const property = schema.properties[key];
  if (!property) throw new Error(`The form orders the field "${key}", which the input schema does not have.`);
  const place = within + key;
  const kind = form?.moments?.includes(place) ? 'dateTime' : kindOf(property);
  const options = form?.options?.[place];
  return {
    key,
    ...about(property, key, kind),
    required: requirement(schema, key),
    ...(options && { options: { ...options, field: place } }),
    ...(kind === 'lines' && { fields: linesOf(property, form, place) }),
    ...(kind === 'list' && { element: elementOf(key, property) }),
  };
}

function about(property: PropertySchema, name: string, kind: FieldKind): Omit<Field, 'key' | 'required'> {
  const { title = name, description = '' } = property;
  const example = exampleOf(property, kind);
  return {
    title,
    description: kind === 'boolean' ? ofSwitch(description) : description,
    kind,
    choices: kind === 'choice' ? valuesOf(property).map((value) => choice(value, description)) : [],
    ...(example !== undefined && { example }),
  };
}

function linesOf({ items }: PropertySchema, form: Form | undefined, place: string): Field[] {
  const { properties = {}, required = [] } = items ?? {};
  const line: ObjectSchema = { type: 'object', properties, required };
  return Object.keys(properties).map((name) => fieldOf(line, name, form, `${place}[].`));
}

function elementOf(key: string, { items = {}, title = key }: PropertySchema): Field {
  return { key, ...about(items, title, kindOf(items)), required: false };
}

function kindOf(property: PropertySchema): FieldKind {
  const types = typesOf(property);
  if (types.includes('array')) return property.items?.properties ? 'lines' : 'list';
  if (types.length === 1 && types[0] === 'boolean') return 'boolean';
  if (property.enum) return isFlag(valuesOf(property)) ? 'boolean' : 'choice';
  if (property.format === 'date-time') return 'dateTime';
  // What may be a text as well has digits to keep.
  if (types.length !== 1) return 'text';
  return types[0] === 'integer' || types[0] === 'number' ? types[0] : 'text';
}

/** What may be given; an optional field has `null` among its values. */
function valuesOf(property: PropertySchema): string[] {
  return (property.enum ?? []).filter((value) => value !== null);
}

/** Config values are texts, so a switch is written as two of them. */
function isFlag(values: string[]): boolean {
  return values.length === 2 && values.includes('true') && values.includes('false');
}

/** A moment is UNIX seconds or such a text. */
function isDateTime(example: unknown): boolean {
  return typeof example === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(example);
}

/** One that a person could type into the field. */
function exampleOf(property: PropertySchema, kind: FieldKind): unknown {
  const examples = property.examples ?? [];
  return (kind === 'dateTime' ? examples.find(isDateTime) : undefined) ?? examples[0];
}

/** A person sees a switch, not the text "true" that it stands for. */
function ofSwitch(description: string): string {
  return capitalised(description.replace(/^"true" /, ''));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `sent` in "sent: posted by mail. paid: paid." is Sent, which means that it was posted by mail. */
function choice(value: string, description: string): Choice {
  const title = capitalised(value.replaceAll('_', ' '));
  const sentences = description.split(/\.(?:\s|$)/);
  const meaning = sentences.find((sentence) => sentence.trim().startsWith(`${value}: `))?.trim();
  const text = meaning?.slice(value.length + 2).trim() ?? '';
  const said = text.toLowerCase() === title.toLowerCase();
  return { value, title, ...(text && !said && { description: capitalised(text) }) };
}

function requirement(schema: ObjectSchema, key: string): Field['required'] {
  if (schema.required?.includes(key)) return true;
  const rules = (schema.allOf ?? []).filter((rule) => rule.then.required?.includes(key));
  if (rules.length > 1) throw new Error(`Several rules require the field "${key}": a form can show only one.`);
  if (!rules[0]) return false;
  const when = Object.entries(rules[0].if.properties).map(([other, { enum: values, const: value }]) => {
    const accepted = values ?? (value === undefined ? undefined : [value]);
    if (!accepted) throw new Error(`The rule that requires "${key}" is no list of values of "${other}".`);
    return [other, accepted] as const;
  });
  return { when: Object.fromEntries(when) };
}
