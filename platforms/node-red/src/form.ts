/** What the editor and the runtime agree on: the forms of both nodes, out of the plugin's description. */

import type { Description } from 'plugin-engine';
import {
  connectionFields,
  fieldsOf,
  isSearch,
  type Condition,
  type ConnectionField,
  type Field,
  type Trigger,
} from 'plugin-engine/forms';

/** What Node-RED knows the package's parts by. Stored flows have the types in them. */
export interface Names {
  action: string;
  /** Of the node that tells what happens, as Node-RED names its own: `http in`. */
  trigger: string;
  connection: string;
  /** Of the texts in `locales/`: they begin with it. */
  texts: string;
  /** Where the editor has a connection tested, below the editor's own address. */
  check: string;
  /** Where it gets the choices that the service knows. */
  choices: string;
}

export function namesOf({ name }: Pick<Description, 'name'>): Names {
  const connection = `${name}-connection`;
  return {
    action: name,
    trigger: `${name} in`,
    connection,
    texts: name,
    check: `${connection}/check`,
    choices: `${connection}/choices`,
  };
}

/** The address of a webhook, below where Node-RED's own routes are. Whoever knows it can send there. */
export function addressOf({ action }: Pick<Names, 'action'>, base: string, trigger: string, secret: string): string {
  return `${base.replace(/\/+$/, '')}/${action}/${trigger}/${secret}`;
}

/** How many things a search gives at most; not of the plugin. */
export const LIMIT = 'limit';
/** What Node-RED's editor shows of a secret that is kept already. */
export const KEPT = '__PWRD__';

/** A connection as it stands in the dialog. */
export interface Typed {
  id: string;
  values: Record<string, string | boolean>;
}

/** What became of its test. */
export type Checked = { works: true; account: string } | { works: false; message: string };

/** What the editor asks for the choices of a field. */
export interface Wanted {
  /** Of the connection that is deployed. */
  connection: string;
  /** The action or the trigger. */
  of: string;
  field: string;
  /** What has been typed. */
  search: string;
  /** The fixed values of the form. */
  values: Record<string, string>;
}

export type Choices = { choices: { value: string; label: string }[] } | { message: string };

export interface Form {
  names: Names;
  title: string;
  actions: ActionForm[];
  triggers: TriggerForm[];
  connection: ConnectionField[];
}

export interface ActionForm {
  name: string;
  title: string;
  /** The field that names what the action changes. */
  subject?: string;
  /** It lists things. */
  isSearch: boolean;
  fields: Field[];
}

export interface TriggerForm {
  name: string;
  title: string;
  delivery: Trigger['delivery'];
  /** What a person does to set it up. */
  docs?: string;
  /** Whether the service is told by itself where to send. */
  subscribes: boolean;
  fields: Field[];
}

/**
 * Where a field's value comes from, as the editor's typed input has it. Types of this package's own: `choice`, one of
 * the field's; `lines` and `list`, which are put together in the dialog; `none`, which is not sent.
 */
export interface Source {
  type: string;
  value: string;
  /** Of `lines`: where the fields of each line come from. */
  lines?: Sources[];
  /** Of a `list`: where each of its values comes from. */
  values?: Source[];
}

/** By field. A field that is not in it is not sent. */
export type Sources = Record<string, Source>;

const HOW_MANY: Field = {
  key: LIMIT,
  title: 'Limit',
  description: 'How many to list at most; all, if it is empty.',
  required: false,
  kind: 'integer',
  choices: [],
};

export function formOf(description: Description): Form {
  return {
    names: namesOf(description),
    title: description.title,
    actions: description.actions.map((action) => ({
      name: action.name,
      title: action.title,
      ...(action.subject !== undefined && { subject: action.subject }),
      isSearch: isSearch(action),
      fields: [...fieldsOf(action), ...(isSearch(action) ? [HOW_MANY] : [])],
    })),
    triggers: (description.triggers ?? []).map((trigger) => ({
      name: trigger.name,
      title: trigger.title,
      delivery: trigger.delivery,
      ...(trigger.docs !== undefined && { docs: trigger.docs }),
      subscribes: trigger.subscribe !== undefined,
      fields: fieldsOf(trigger),
    })),
    connection: connectionFields(description),
  };
}

/** A new node takes every field from the payload. */
export function fromPayload(field: Field): Source {
  return { type: 'msg', value: `payload.${field.key}` };
}

export function allFromPayload(action: ActionForm | undefined): Sources {
  return Object.fromEntries((action?.fields ?? []).map((field) => [field.key, fromPayload(field)]));
}

/** Whether a field can be left out, and has no empty value that says so. */
export function mayBeUnset({ required, kind }: Field): boolean {
  return required !== true && ['choice', 'boolean', 'list', 'lines'].includes(kind);
}

/** What stands in a field of a new line: nothing yet. */
export function empty(field: Field): Source {
  return mayBeUnset(field)
    ? { type: 'none', value: '' }
    : { type: EMPTY[field.kind] ?? 'str', value: EMPTY_VALUE[field.kind] ?? '' };
}

const EMPTY: Partial<Record<Field['kind'], string>> = {
  choice: 'choice',
  integer: 'num',
  number: 'num',
  boolean: 'bool',
  list: 'list',
  lines: 'lines',
};
const EMPTY_VALUE: Partial<Record<Field['kind'], string>> = { boolean: 'false' };

/** The title of the first field that has to be filled in and is not, as far as it can be told before there is a message. */
export function missingOf(fields: Field[], sources: Sources): string | undefined {
  for (const field of fields) {
    const { key, title, required } = field;
    const source = sources[key];
    if (!source) continue;
    const needed = typeof required === 'boolean' ? required : holds(required.when, sources) === true;
    if (needed && isEmpty(source)) return title;
    const missing = (source.lines ?? []).map((line) => missingOf(field.fields ?? [], line));
    const at = missing.findIndex((inner) => inner !== undefined);
    if (at >= 0) return `${title} ${at + 1}, ${missing[at]}`;
  }
  return undefined;
}

export function isEmpty({ type, value, lines = [], values = [] }: Source): boolean {
  if (type === 'lines') return lines.length === 0;
  if (type === 'list') return values.every(isEmpty);
  // A timestamp has no value of its own.
  return type !== 'date' && String(value).trim() === '';
}

/** Whether a condition holds, as far as it can be told before there is a message: `unknown` if only that tells. */
export function holds(condition: Condition, sources: Sources): boolean | 'unknown' {
  const answers = Object.entries(condition).map(([key, accepted]) => {
    const source = sources[key];
    return source?.type === 'choice' ? accepted.includes(source.value) : 'unknown';
  });
  return answers.includes(false) ? false : answers.includes('unknown') ? 'unknown' : true;
}
