/** The dialog of the node that tells what happens. */

import type { EditorNodeInstance, EditorNodeProperties, EditorRED } from 'node-red';
import { FieldInputs } from './field-inputs';
import { addressOf, empty, missingOf, type Form, type Source, type Sources, type TriggerForm } from './form';
import { triggerIds } from './ids';

interface TriggerNode extends EditorNodeProperties {
  connection: string;
  trigger: string;
  fields: Sources;
  /** Where the service finds this Node-RED. */
  base: string;
  /** Seconds between two polls. */
  every: number;
  /** From where on a poll begins. */
  start: Source;
  /** Whether an event comes once to all such nodes of the connection. */
  shared: boolean;
  /** With an input, an event is done when a message comes back. */
  inputs: 0 | 1;
  credentials?: { secret?: string };
}

/** There is no message yet. */
const DYNAMIC = ['env', 'flow', 'global', 'jsonata'];
const EVERY_S = 60;
const SECRET_BYTES = 16;

let open = new Map<string, FieldInputs>();

/** `formOf` gives the form in the language of the editor. */
export function registerTriggerNode(RED: EditorRED, FORM: Form, formOf: (node: any) => Form): void {
  const triggerOf = (name: string) => FORM.triggers.find((trigger) => trigger.name === name);

  RED.nodes.registerType<TriggerNode, any, any>(FORM.names.trigger, {
    category: 'network',
    color: '#F6C88F',
    icon: `${FORM.names.action}.svg`,
    paletteLabel: `${FORM.title.toLowerCase()} in`,
    defaults: {
      name: { value: '' },
      connection: { value: '', type: FORM.names.connection, required: true },
      trigger: { value: FORM.triggers[0]?.name ?? '', required: true },
      fields: { value: {}, validate: complete as any },
      base: { value: '' },
      every: { value: EVERY_S, validate: isInterval as any },
      start: { value: { type: 'now', value: '' } },
      shared: { value: false },
      inputs: { value: 0 },
    },
    credentials: { secret: { type: 'text' } },
    inputs: 0,
    outputs: 1,
    label() {
      const trigger = formOf(this).triggers.find(({ name }) => name === this.trigger);
      return this.name || trigger?.title || FORM.title;
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    oneditprepare() {
      const form = formOf(this);
      const text = (key: string) => this._(`${FORM.names.texts}.${key}`);
      const refresh = () => show(form, triggerOf(chosen()), text);
      open = new Map();
      for (const trigger of form.triggers) {
        const saved: Sources = trigger.name === this.trigger ? this.fields : {};
        const dialog = { form, of: trigger, dynamic: DYNAMIC, text, changed: refresh };
        open.set(trigger.name, new FieldInputs(dialog, trigger.fields, (field) => saved[field.key] ?? empty(field)));
      }
      if (!$('#node-input-secret').val()) $('#node-input-secret').val(newSecret());
      if (!$('#node-input-base').val()) $('#node-input-base').val(here(RED));
      prepareStart(form, this.start, text);
      offerCopy(RED, form, text);
      $('#node-input-trigger').on('change', refresh);
      $('#node-input-base').on('input change', refresh);
      refresh();
    },
    oneditsave() {
      this.fields = open.get(chosen())?.shown ?? {};
      const start = $(`#${triggerIds(FORM).start}`) as JQuery & { typedInput: Function };
      this.start = { type: start.typedInput('type'), value: start.typedInput('value') };
    },
  });

  /** `true`, or what is missing. */
  function complete(this: EditorNodeInstance<TriggerNode>, sources: Sources): boolean | string {
    const trigger = formOf(this).triggers.find(({ name }) => name === this.trigger);
    // What a node of an import or the palette has no source for yet, is empty.
    const all = Object.fromEntries(
      (trigger?.fields ?? []).map((field) => [field.key, sources[field.key] ?? empty(field)]),
    );
    const title = missingOf(trigger?.fields ?? [], all);
    return title === undefined ? true : this._(`${FORM.names.texts}.missing`, { title });
  }

  /** Shows what the chosen trigger has, and the address of a webhook. */
  function show(form: Form, trigger: TriggerForm | undefined, text: (key: string) => string): void {
    const ids = triggerIds(form);
    const isWebhook = trigger?.delivery === 'webhook';
    for (const [name, inputs] of open) inputs.show(name === trigger?.name);
    $(`.${ids.webhook}`).toggle(isWebhook);
    $(`.${ids.poll}`).toggle(!isWebhook);
    const docs = form.triggers.find(({ name }) => name === trigger?.name)?.docs;
    $(`#${ids.docs}`).text((trigger?.subscribes ? text('webhook.subscribed') : docs) ?? '');
    const [base, secret] = ['base', 'secret'].map((name) => String($(`#node-input-${name}`).val() ?? ''));
    $(`#${ids.address}`).val(addressOf(form.names, base ?? '', trigger?.name ?? '', secret ?? ''));
  }
}

function isInterval(this: EditorNodeInstance<TriggerNode>, every: unknown): boolean {
  return Number(every) >= 1;
}

function chosen(): string {
  return String($('#node-input-trigger').val() ?? '');
}

/** Node-RED's own address, as this browser knows it. */
function here(RED: EditorRED): string {
  const root = String((RED.settings as any).httpNodeRoot ?? '/');
  return `${location.origin}${root}`.replace(/\/+$/, '');
}

/** Nobody guesses it. */
function newSecret(): string {
  const chance = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return Array.from(chance, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function prepareStart(form: Form, start: Source, text: (key: string) => string): void {
  const input = $(`#${triggerIds(form).start}`) as JQuery & { typedInput: Function };
  const types = [
    { value: 'now', label: text('start.now'), icon: 'fa fa-clock-o', hasValue: false },
    { value: 'beginning', label: text('start.beginning'), icon: 'fa fa-fast-backward', hasValue: false },
    { value: 'moment', label: text('start.moment'), icon: 'fa fa-calendar' },
  ];
  input.typedInput({ types });
  input.typedInput('type', start?.type ?? 'now');
  input.typedInput('value', start?.value ?? '');
}

function offerCopy(RED: EditorRED, form: Form, text: (key: string) => string): void {
  const { address, copy } = triggerIds(form);
  $(`#${copy}`).on('click', () => {
    const input = $(`#${address}`);
    input.trigger('select');
    // A page without TLS has no clipboard of its own.
    document.execCommand('copy');
    RED.notify(text('webhook.copied'), { type: 'success', timeout: 2000 } as never);
  });
}
