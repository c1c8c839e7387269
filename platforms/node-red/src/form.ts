/** What the editor and the runtime agree on: the forms of both nodes, out of the plugin's description. */

import type { Description } from 'plugin-engine';
import {
  connectionFields,
  fieldsOf,
  isSearch,
  type Condition,
  type ConnectionField,
  type Field,
} from 'plugin-engine/forms';

/** What Node-RED knows the package's parts by. Stored flows have the types in them. */
export interface Names {
  action: string;
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
  return { action: name, connection, texts: name, check: `${connection}/check`, choices: `${connection}/choices` };
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
  action: string;
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

/** Where a field's value comes from, as the editor's typed input has it. `choice` is one of the field's own. */
export interface Source {
  type: string;
  value: string;
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

/** Whether a condition holds, as far as it can be told before there is a message: `unknown` if only that tells. */
export function holds(condition: Condition, sources: Sources): boolean | 'unknown' {
  const answers = Object.entries(condition).map(([key, accepted]) => {
    const source = sources[key];
    return source?.type === 'choice' ? accepted.includes(source.value) : 'unknown';
  });
  return answers.includes(false) ? false : answers.includes('unknown') ? 'unknown' : true;
}
