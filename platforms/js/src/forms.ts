/** Forms for people, derived from a description when a platform's package is built. */

import type { Action, Condition, Description, ObjectSchema, PropertySchema } from './description';

export type { Action, Condition, Description, ObjectSchema, PropertySchema } from './description';

/** How a field is best entered. */
export type FieldKind = 'text' | 'choice' | 'dateTime' | 'integer' | 'boolean';

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
  example?: unknown;
}

export interface ConnectionField extends Field {
  /** To be hidden while it is typed, and kept encrypted. */
  secret: boolean;
  default?: string | boolean;
}

/** The input fields of an action, in the order of its form. */
export function fieldsOf(action: Action): Field[] {
  const schema = action.inputSchema;
  const unordered = Object.keys(schema.properties).filter((key) => !action.form?.order.includes(key));
  return [...(action.form?.order ?? []), ...unordered].map((key) => {
    const visible = action.form?.visible?.[key];
    return { ...fieldOf(schema, key, action.form?.moments), ...(visible && { visible }) };
  });
}

/** The fields of the output of an action. */
export function outputFieldsOf(action: Action): Field[] {
  return Object.keys(action.outputSchema.properties).map((key) => fieldOf(action.outputSchema, key));
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

function fieldOf(schema: ObjectSchema, key: string, moments: string[] = []): Field {
  const property = schema.properties[key];
  if (!property) throw new Error(`The form orders the field "${key}", which the input schema does not have.`);
  const kind = moments.includes(key) ? 'dateTime' : kindOf(property);
  const example = exampleOf(property, kind);
  return {
    key,
    title: property.title ?? key,
    description: kind === 'boolean' ? ofSwitch(property.description ?? '') : (property.description ?? ''),
    required: requirement(schema, key),
    kind,
    choices: kind === 'choice' ? (property.enum ?? []).map((value) => choice(value, property.description ?? '')) : [],
    ...(example !== undefined && { example }),
  };
}

function kindOf(property: PropertySchema): FieldKind {
  const types = [property.type ?? []].flat().filter((type) => type !== 'null');
  if (types.length === 1 && types[0] === 'boolean') return 'boolean';
  if (property.enum) return isFlag(property.enum) ? 'boolean' : 'choice';
  if (property.format === 'date-time') return 'dateTime';
  return types.length === 1 && types[0] === 'integer' ? 'integer' : 'text';
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
