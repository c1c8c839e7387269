/** The nodes in the editor, in the browser. What the dialogs look like is made by `html.ts`. */

import type { EditorNodeInstance, EditorNodeProperties, EditorRED } from 'node-red';
import { endCheck, offerCheck } from './check-button';
import { FieldInputs } from './field-inputs';
import { allFromPayload, fromPayload, missingOf, type Form, type Sources } from './form';
import { withTexts } from './texts';
import { registerTriggerNode } from './trigger-dialog';

declare const RED: EditorRED;
/** Put in when the package is built. */
declare const FORM: Form;

interface ActionNode extends EditorNodeProperties {
  connection: string;
  action: string;
  fields: Sources;
}

const DYNAMIC = ['msg', 'flow', 'global', 'env', 'jsonata'];

/** Labels are asked for with every stroke of the mouse. */
let localised: Form | undefined;

/** The form in the language of the editor. */
function formOf(node: { _: (key: string) => string }): Form {
  localised ??= withTexts(FORM, (key, text) => {
    const told = node._(`${FORM.names.texts}.${key}`);
    return told.endsWith(key) ? text : told;
  });
  return localised;
}

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
    const account = this._(`${FORM.names.texts}.label.account`, { title: formOf(this).title });
    return this.name || String((this as any)[first?.key ?? ''] || account);
  },
  oneditprepare() {
    offerCheck(this, FORM);
  },
  oneditsave: endCheck,
  oneditcancel: endCheck,
  oneditdelete: endCheck,
});

/** The fields of each action in the dialog that is open. */
let open = new Map<string, FieldInputs>();

if (FORM.actions.length > 0) {
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
      return this.name || formOf(this).actions.find(({ name }) => name === this.action)?.title || FORM.title;
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    oneditprepare() {
      const form = formOf(this);
      const text = (key: string) => this._(`${FORM.names.texts}.${key}`);
      open = new Map();
      for (const action of form.actions) {
        const saved = action.name === this.action ? this.fields : {};
        const sourceOf = (field: Parameters<typeof fromPayload>[0]) => saved[field.key] ?? fromPayload(field);
        const dialog = { form, of: action, dynamic: DYNAMIC, text, changed: refresh };
        open.set(action.name, new FieldInputs(dialog, action.fields, sourceOf));
      }
      $('#node-input-action').on('change', refresh);
      refresh();
    },
    oneditsave() {
      const inputs = open.get(chosen());
      if (inputs) this.fields = inputs.shown;
    },
  });
}

if (FORM.triggers.length > 0) registerTriggerNode(RED, FORM, formOf);

/** Shows the chosen action's fields, and of these the ones that its choices ask for. */
function refresh(): void {
  for (const [name, inputs] of open) inputs.show(name === chosen());
}

function chosen(): string {
  return String($('#node-input-action').val() ?? '');
}

/** `true`, or what is missing. */
function complete(this: EditorNodeInstance<ActionNode>, sources: Sources): boolean | string {
  const action = formOf(this).actions.find(({ name }) => name === this.action);
  const title = missingOf(action?.fields ?? [], sources);
  return title === undefined ? true : this._(`${FORM.names.texts}.missing`, { title });
}
