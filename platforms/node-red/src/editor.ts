/** Both nodes in the editor, in the browser. What the dialogs look like is made by `html.ts`. */

import type { Field } from 'plugin-engine/forms';
import type {
  EditorNodeInstance,
  EditorNodeProperties,
  EditorRED,
  EditorWidgetTypedInputTypeDefinition,
} from 'node-red';
import { allFromPayload, fromPayload, holds, type ActionForm, type Form, type Source, type Sources } from './form';
import { endCheck, offerCheck } from './check-button';
import { chooser } from './chooser';
import { inputId } from './html';

declare const RED: EditorRED;
/** Put in when the package is built. */
declare const FORM: Form;

interface ActionNode extends EditorNodeProperties {
  connection: string;
  action: string;
  fields: Sources;
}

type TypedInputType = EditorWidgetTypedInputTypeDefinition | string;

const DYNAMIC: TypedInputType[] = ['msg', 'flow', 'global', 'env', 'jsonata'];

RED.nodes.registerType<EditorNodeProperties, any, any>(FORM.names.connection, {
  category: 'config',
  defaults: Object.fromEntries([
    ['name', { value: '' }],
    ...FORM.connection
      .filter(({ secret }) => !secret)
      .map(({ key, kind, required, default: initial }) => [
        key,
        { value: initial ?? (kind === 'boolean' ? false : ''), required: required === true },
      ]),
  ]),
  credentials: Object.fromEntries(
    FORM.connection
      .filter(({ secret }) => secret)
      .map(({ key, required }) => [key, { type: 'password', required: required === true }]),
  ),
  label() {
    const first = FORM.connection.find(({ secret }) => !secret);
    const account = this._(`${FORM.names.texts}.label.account`, { title: FORM.title });
    return this.name || String((this as any)[first?.key ?? ''] || account);
  },
  oneditprepare() {
    offerCheck(this, FORM);
  },
  oneditsave: endCheck,
  oneditcancel: endCheck,
  oneditdelete: endCheck,
});

RED.nodes.registerType<ActionNode>(FORM.names.action, {
  category: 'network',
  color: '#F6C88F',
  icon: `${FORM.names.action}.svg`,
  paletteLabel: FORM.title.toLowerCase(),
  defaults: {
    name: { value: '' },
    connection: { value: '', type: FORM.names.connection, required: true },
    action: { value: FORM.actions[0]?.name ?? '', required: true },
    fields: { value: allFromPayload(FORM.actions[0]), validate: complete as any },
  },
  inputs: 1,
  outputs: 1,
  label() {
    return this.name || actionOf(this.action)?.title || FORM.title;
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    for (const action of FORM.actions) {
      const saved = action.name === this.action ? this.fields : {};
      for (const field of action.fields) prepare(action, field, saved[field.key] ?? fromPayload(field));
    }
    $('#node-input-action').on('change', refresh);
    refresh();
  },
  oneditsave() {
    const action = chosen();
    if (!action) return;
    const sources = typed(action);
    // What is not shown is not sent.
    this.fields = Object.fromEntries(
      action.fields
        .filter((field) => holds(field.visible ?? {}, sources) !== false)
        .map(({ key }) => [key, sources[key]!]),
    );
  },
});

function prepare(action: ActionForm, field: Field, source: Source): void {
  const input = $(`#${inputId(FORM, action, field)}`);
  input.typedInput({ types: typesOf(action, field) as never });
  input.typedInput('type', source.type);
  input.typedInput('value', source.value);
  input.on('change', refresh);
}

function typesOf(action: ActionForm, field: Field): TypedInputType[] {
  if (field.options) return [chooser(FORM, action, field, () => fixed(action)), ...DYNAMIC];
  switch (field.kind) {
    case 'choice': {
      const options = field.choices.map(({ value, title, description }) => ({
        value,
        label: description ? `${title} – ${description.toLowerCase()}` : title,
      }));
      return [
        { value: 'choice', label: field.title, icon: 'fa fa-list', showLabel: false, options } as TypedInputType,
        ...DYNAMIC,
      ];
    }
    case 'dateTime':
      return ['str', 'date', ...DYNAMIC];
    case 'integer':
    case 'number':
      return ['num', ...DYNAMIC];
    case 'boolean':
      return ['bool', ...DYNAMIC];
    case 'list':
    case 'lines':
      return ['json', ...DYNAMIC];
    default:
      return ['str', ...DYNAMIC];
  }
}

/** Shows the chosen action's fields, and of these the ones that its choices ask for. */
function refresh(): void {
  const action = chosen();
  for (const other of FORM.actions) {
    const sources = other === action ? typed(other) : {};
    for (const field of other.fields) {
      const shown = other === action && holds(field.visible ?? {}, sources) !== false;
      $(`#${inputId(FORM, other, field)}`)
        .closest('.form-row')
        .toggle(shown);
    }
  }
}

function chosen(): ActionForm | undefined {
  return actionOf(String($('#node-input-action').val() ?? ''));
}

function actionOf(name: string): ActionForm | undefined {
  return FORM.actions.find((action) => action.name === name);
}

function typed(action: ActionForm): Sources {
  return Object.fromEntries(
    action.fields.map((field) => {
      const input = $(`#${inputId(FORM, action, field)}`);
      return [field.key, { type: input.typedInput('type'), value: input.typedInput('value') }];
    }),
  );
}

/** The values that stand in the form itself. */
function fixed(action: ActionForm): Record<string, string> {
  const values = Object.entries(typed(action)).filter(([, { type }]) => type === 'str' || type === 'choice');
  return Object.fromEntries(values.map(([key, { value }]) => [key, value]));
}

/** `true`, or what is missing. */
function complete(this: EditorNodeInstance<ActionNode>, sources: Sources): boolean | string {
  for (const { key, title, required } of actionOf(this.action)?.fields ?? []) {
    const needed = typeof required === 'boolean' ? required : holds(required.when, sources) === true;
    const source = sources[key];
    // A timestamp has no value of its own.
    if (needed && source && source.type !== 'date' && String(source.value).trim() === '') {
      return this._(`${FORM.names.texts}.missing`, { title });
    }
  }
  return true;
}
