/** The nodes' HTML file: dialogs out of the description, and their help. Runs when the package is built. */

import type { Description } from 'plugin-engine';
import type { Field } from 'plugin-engine/forms';
import { escape } from './escape';
import { formOf, type Form } from './form';
import { helpOf, type HelpTexts } from './help';
import { checkIds, inputId, listId, triggerIds } from './ids';
import { connectionKey, fieldKey, keyOf } from './texts';

const ICONS: Record<Field['kind'], string> = {
  text: 'pencil',
  choice: 'list',
  dateTime: 'calendar',
  integer: 'hashtag',
  number: 'hashtag',
  boolean: 'check-square-o',
  list: 'list-ul',
  lines: 'table',
};

/** Wide enough for titles of two words. */
const LABEL = 'style="width: 130px"';
const INPUT = 'style="width: calc(100% - 135px)"';
const BESIDE_LABEL = 'style="margin-left: 135px"';

/** `script` is the built `editor.ts`, `texts` are those of the help in English. */
export function page(description: Description, script: string, texts: HelpTexts): string {
  const form = formOf(description);
  const dialogs = [
    ...(form.actions.length > 0 ? [dialog(form.names.action, actionDialog(form))] : []),
    ...(form.triggers.length > 0 ? [dialog(form.names.trigger, triggerDialog(form))] : []),
    dialog(form.names.connection, connectionDialog(form)),
  ];
  return [element('text/javascript', '', script.trim()), ...dialogs, help(description, texts)].join('\n');
}

/** The help of all nodes, in the language of the description and the texts. */
export function help(description: Description, texts: HelpTexts): string {
  const parts = Object.entries(helpOf(description, texts));
  return [...parts.map(([type, html]) => element('text/html', `data-help-name="${type}"`, html)), ''].join('\n');
}

function dialog(type: string, rows: string[]): string {
  return element('text/html', `data-template-name="${type}"`, rows.join('\n'));
}

function element(type: string, attributes: string, content: string): string {
  return `<script type="${type}"${attributes && ` ${attributes}`}>\n${content}\n</script>`;
}

function actionDialog(form: Form): string[] {
  const fields = form.actions.flatMap((action) => rowsOf(form, action, action.fields, keyOf('actions', action)));
  return [...head(form), chooserRow(form, 'action', 'bolt', form.actions), ...fields];
}

function triggerDialog(form: Form): string[] {
  const ids = triggerIds(form);
  const fields = form.triggers.flatMap((trigger) => rowsOf(form, trigger, trigger.fields, keyOf('triggers', trigger)));
  const base = `<input type="text" id="node-input-base" placeholder="https://" ${INPUT}>`;
  const address = `<div style="display: inline-flex; width: calc(100% - 135px); gap: 4px"><input type="text" id="${ids.address}" readonly style="flex: 1; font-family: monospace"><button type="button" class="red-ui-button" id="${ids.copy}">${ours(form, 'webhook.copy')}</button></div>`;
  const every = `<input type="number" id="node-input-every" min="1" style="width: 80px"> ${ours(form, 'poll.seconds')}`;
  const done = ['sent', 'answered'].map(
    (when, inputs) => `<option value="${inputs}" data-i18n="${form.names.texts}.done.${when}"></option>`,
  );
  return [
    ...head(form),
    chooserRow(form, 'trigger', 'bell', form.triggers),
    ...fields,
    row('node-input-base', 'globe', ours(form, 'webhook.base'), base, `class="form-row ${ids.webhook}"`),
    row(ids.address, 'link', ours(form, 'webhook.address'), address, `class="form-row ${ids.webhook}"`),
    `<div class="form-row ${ids.webhook}" ${BESIDE_LABEL}><div class="form-tips" id="${ids.docs}" style="max-width: 320px; box-sizing: border-box"></div></div>`,
    row('node-input-every', 'refresh', ours(form, 'poll.every'), every, `class="form-row ${ids.poll}"`),
    row(
      ids.start,
      'step-forward',
      ours(form, 'poll.start'),
      `<input type="text" id="${ids.start}" placeholder="2026-11-25 14:30" ${INPUT}>`,
      `class="form-row ${ids.poll}"`,
    ),
    row(
      'node-input-inputs',
      'check',
      ours(form, 'done.label'),
      `<select id="node-input-inputs" ${INPUT}>${done.join('')}</select>`,
    ),
    box('node-input-shared', ours(form, 'shared')),
    '<input type="hidden" id="node-input-secret">',
  ];
}

function connectionDialog(form: Form): string[] {
  const rows = form.connection.map((field) => {
    const id = `node-config-input-${field.key}`;
    const title = plugins(form, connectionKey(field), field.title);
    if (field.kind === 'boolean') return box(id, title);
    const icon = field.secret ? 'lock' : ICONS[field.kind];
    const placeholder = `placeholder="${escape(String(field.example ?? ''))}"`;
    const input = `<input type="${field.secret ? 'password' : 'text'}" id="${id}" ${placeholder} ${INPUT}>`;
    return row(id, icon, title, input);
  });
  return [name(form, 'node-config-input-name'), ...rows, checkRow(form)];
}

function head(form: Form): string[] {
  const input = `<input type="text" id="node-input-connection" ${INPUT}>`;
  return [name(form, 'node-input-name'), row('node-input-connection', 'globe', ours(form, 'label.connection'), input)];
}

function chooserRow(
  form: Form,
  what: 'action' | 'trigger',
  icon: string,
  all: { name: string; title: string }[],
): string {
  const options = all.map((one) => {
    const key = `${form.names.texts}.${keyOf(`${what}s`, one)}.title`;
    return `<option value="${escape(one.name)}" data-i18n="[text]${key}">${escape(one.title)}</option>`;
  });
  const select = `<select id="node-input-${what}" ${INPUT}>${options.join('')}</select>`;
  // Nobody has to choose from one.
  const hidden = all.length > 1 ? '' : ' style="display: none"';
  return row(`node-input-${what}`, icon, ours(form, `label.${what}`), select, `class="form-row"${hidden}`);
}

/** The fields of an action or a trigger. */
function rowsOf(form: Form, of: { name: string }, fields: Field[], at: string): string[] {
  return fields.flatMap((field) => {
    const id = inputId(form, of, field);
    const example = exampleOf(field);
    const placeholder = example === undefined ? '' : ` placeholder="${escape(example)}"`;
    const title = plugins(form, fieldKey(at, field), field.title);
    const one = row(id, ICONS[field.kind], title, `<input type="text" id="${id}"${placeholder} ${INPUT}>`);
    const isList = field.kind === 'lines' || field.kind === 'list';
    return isList ? [one, `<div class="form-row"><ol id="${listId(form, of, field)}"></ol></div>`] : [one];
  });
}

function checkRow(form: Form): string {
  const ids = checkIds(form);
  const button = `<button type="button" class="red-ui-button" id="${ids.button}">${ours(form, 'check.button')}</button>`;
  return `<div class="form-row">${button}<div id="${ids.result}" role="status" style="margin-top: 8px"></div></div>`;
}

function name(form: Form, id: string): string {
  const placeholder = `data-i18n="[placeholder]${form.names.texts}.label.name"`;
  return row(id, 'tag', ours(form, 'label.name'), `<input type="text" id="${id}" ${placeholder} ${INPUT}>`);
}

/** A text that is not the plugin's: the editor puts it in, in its own language. */
function ours({ names }: Form, key: string): string {
  return `<span data-i18n="${names.texts}.${key}"></span>`;
}

/** One that is the plugin's, in English until the editor puts in another. */
function plugins({ names }: Form, key: string, text: string): string {
  return `<span data-i18n="[text]${names.texts}.${key}">${escape(text)}</span>`;
}

/** `title` is HTML. */
function row(id: string, icon: string, title: string, input: string, attributes = 'class="form-row"'): string {
  const label = `<label for="${id}" ${LABEL}><i class="fa fa-${icon}"></i> ${title}</label>`;
  return `<div ${attributes}>${label} ${input}</div>`;
}

function box(id: string, title: string): string {
  const input = `<input type="checkbox" id="${id}" style="width: auto; vertical-align: top; margin-left: 135px">`;
  return `<div class="form-row">${input} <label for="${id}" style="width: calc(100% - 165px)">${title}</label></div>`;
}

/** Of lines and lists, how they are written. */
function exampleOf(field: Field): string | undefined {
  const { kind, example, fields = [], element } = field;
  if (kind === 'lines')
    return JSON.stringify([Object.fromEntries(fields.map(({ key, example = '…' }) => [key, example]))]);
  if (kind === 'list') return JSON.stringify(example ?? [element?.example ?? '…']);
  return example === undefined ? undefined : String(example);
}
