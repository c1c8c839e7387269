/** What the editor and the runtime agree on: the forms of both nodes, out of the plugin's description. */

import type { Description } from '@justclick/plugin';
import { connectionFields, fieldsOf, type Condition, type ConnectionField, type Field } from '@justclick/plugin/forms';

export const ACTION_NODE = 'justclick';
export const CONNECTION_NODE = 'justclick-connection';
/** Where the editor has a connection tested, below the editor's own address. */
export const CHECK = `${CONNECTION_NODE}/check`;
/** What Node-RED's editor shows of a secret that is kept already. */
export const KEPT = '__PWRD__';

/** A connection as it stands in the dialog. */
export interface Typed {
  id: string;
  values: Record<string, string | boolean>;
}

/** What became of its test. */
export type Checked = { works: true; account: string } | { works: false; message: string };

export interface Form {
  title: string;
  actions: ActionForm[];
  connection: ConnectionField[];
}

export interface ActionForm {
  name: string;
  title: string;
  /** The field that names what the action changes. */
  subject?: string;
  fields: Field[];
}

/** Where a field's value comes from, as the editor's typed input has it. `choice` is one of the field's own. */
export interface Source {
  type: string;
  value: string;
}

/** By field. A field that is not in it is not sent. */
export type Sources = Record<string, Source>;

export function formOf(description: Description): Form {
  return {
    title: description.title,
    actions: description.actions.map((action) => ({
      name: action.name,
      title: action.title,
      ...(action.subject !== undefined && { subject: action.subject }),
      fields: fieldsOf(action),
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
