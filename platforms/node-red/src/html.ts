/** The nodes' HTML file: dialogs and help texts, out of the description. Runs when the package is built. */

import type { Action, Description } from 'plugin-engine';
import { itemFieldsOf, outputFieldsOf, type ConnectionField, type Field } from 'plugin-engine/forms';
import { formOf, type ActionForm, type Form } from './form';

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

/** The test of a connection: its button, and its result. */
export function checkIds({ names }: Pick<Form, 'names'>): { button: string; result: string } {
  return { button: `${names.action}-check`, result: `${names.action}-check-result` };
}

/** The id of an action's field in the dialog. */
export function inputId({ names }: Pick<Form, 'names'>, action: { name: string }, field: { key: string }): string {
  return `${names.action}-${action.name}-${field.key}`;
}

/** `script` is the built `editor.ts`. */
export function page(description: Description, script: string): string {
  const form = formOf(description);
  return [
    element('text/javascript', '', script.trim()),
    element('text/html', `data-template-name="${form.names.action}"`, actionDialog(form)),
    element('text/html', `data-template-name="${form.names.connection}"`, connectionDialog(form)),
    element('text/html', `data-help-name="${form.names.action}"`, helps(description, form)),
    element('text/html', `data-help-name="${form.names.connection}"`, connectionHelp(description, form.connection)),
    '',
  ].join('\n');
}

function element(type: string, attributes: string, content: string): string {
  return `<script type="${type}"${attributes && ` ${attributes}`}>\n${content}\n</script>`;
}

function actionDialog(form: Form): string {
  const { actions } = form;
  const options = actions.map(({ name, title }) => `<option value="${escape(name)}">${escape(title)}</option>`);
  const select = `<select id="node-input-action" ${INPUT}>${options.join('')}</select>`;
  const rows = actions.flatMap((action) =>
    action.fields.map((field) => {
      const id = inputId(form, action, field);
      const example = exampleOf(field);
      const placeholder = example === undefined ? '' : ` placeholder="${escape(example)}"`;
      return row(id, ICONS[field.kind], escape(field.title), `<input type="text" id="${id}"${placeholder} ${INPUT}>`);
    }),
  );
  return [
    name(form, 'node-input-name'),
    row(
      'node-input-connection',
      'globe',
      ours(form, 'label.connection'),
      `<input type="text" id="node-input-connection" ${INPUT}>`,
    ),
    // Nobody has to choose from one.
    row(
      'node-input-action',
      'bolt',
      ours(form, 'label.action'),
      select,
      actions.length > 1 ? '' : ' style="display: none"',
    ),
    ...rows,
  ].join('\n');
}

function connectionDialog(form: Form): string {
  const rows = form.connection.map((field) => {
    const id = `node-config-input-${field.key}`;
    if (field.kind !== 'boolean') {
      const icon = field.secret ? 'lock' : ICONS[field.kind];
      const placeholder = `placeholder="${escape(String(field.example ?? ''))}"`;
      const input = `<input type="${field.secret ? 'password' : 'text'}" id="${id}" ${placeholder} ${INPUT}>`;
      return row(id, icon, escape(field.title), input);
    }
    const box = `<input type="checkbox" id="${id}" style="width: auto; vertical-align: top; margin-left: 135px">`;
    return `<div class="form-row">${box} <label for="${id}" style="width: auto">${escape(field.title)}</label></div>`;
  });
  return [name(form, 'node-config-input-name'), ...rows, checkRow(form)].join('\n');
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

/** `title` is HTML. */
function row(id: string, icon: string, title: string, input: string, attributes = ''): string {
  const label = `<label for="${id}" ${LABEL}><i class="fa fa-${icon}"></i> ${title}</label>`;
  return `<div class="form-row"${attributes}>${label} ${input}</div>`;
}

/** Of lines and lists, how they are written. */
function exampleOf(field: Field): string | undefined {
  const { kind, example, fields = [], element } = field;
  if (kind === 'lines')
    return JSON.stringify([Object.fromEntries(fields.map(({ key, example = '…' }) => [key, example]))]);
  if (kind === 'list') return JSON.stringify(example ?? [element?.example ?? '…']);
  return example === undefined ? undefined : String(example);
}

/** What each action does, and what all have in common. */
function helps({ actions }: Description, form: Form): string {
  const each = actions.map((action, at) => help(action, form.actions[at]!, actions.length > 1));
  const ofSearch = form.actions.some(({ isSearch }) => isSearch) ? [LISTED] : [];
  return [...each, TAKEN, DATES, ...ofSearch, KEPT_AS_IS, ERRORS].join('\n');
}

const TAKEN = `<h3>Details</h3>
<p>A new node takes each field from the message's payload. In its dialog a field can be given another source: a fixed value, another property of the message, the context, an environment variable or an expression. A field whose source is empty is not sent, and neither is one that the dialog does not show. A list, and lines with fields of their own, are written as JSON, or come from the message as they are.</p>`;
const DATES = `<p>A date may also be a JavaScript date or a timestamp in milliseconds, as an Inject node sends it.</p>`;
const LISTED = `<p>An action that lists things gives them all as one array in <code>msg.payload</code>, or as many as its limit says.</p>`;
const KEPT_AS_IS = `<p>The message's other properties stay as they are.</p>`;
const ERRORS = `<h3>Errors</h3>
<p>A failed message goes to a Catch node, with its payload as it came. <code>msg.error.message</code> says what is wrong and what to do, <code>msg.error.code</code> is the kind of error, such as <code>not_found</code>, and <code>msg.error.cause</code> is the whole document. Its <code>retry</code> is <code>later</code> where the message may be sent again by itself, after <code>retry_after_s</code> seconds if that is there. Its <code>effect</code> is <code>unknown</code> where something may have been changed all the same.</p>`;

function help(action: Action, { isSearch, fields }: ActionForm, isTitled: boolean): string {
  const known = isSearch ? itemFieldsOf(action) : outputFieldsOf(action);
  const payload = isSearch ? 'payload[].' : 'payload.';
  const outputs = known.map(({ key, description, required, kind }) =>
    definition(`${payload}${key}`, kind, description, required !== true),
  );
  const inputs = fields.map(({ key, title, description, required, kind, fields: inner = [] }) => {
    const each = inner.map(({ key, description }) => `${key}: ${description}`);
    return definition(`payload.${key}`, kind, [`${title}. ${description}`, ...each].join(' '), required !== true);
  });
  return `${isTitled ? `<h3>${escape(action.title)}</h3>\n` : ''}<p>${escape(action.description)}</p>
<h4>Inputs</h4>
<dl class="message-properties">
${inputs.join('\n')}
</dl>
<h4>Outputs</h4>
<dl class="message-properties">
${outputs.join('\n')}
</dl>`;
}

function connectionHelp(description: Description, fields: ConnectionField[]): string {
  const rows = fields.map(({ title, description, required, secret }) =>
    definition(title, secret ? 'secret' : '', description, required !== true),
  );
  return `<p>${escape(description.connection.schema.description ?? description.description)}</p>
<dl class="message-properties">
${rows.join('\n')}
</dl>
<p>The button tries the connection as it stands in the dialog, before it is deployed, and changes nothing.</p>
<p>Secrets are kept with Node-RED's credentials, which are encrypted and not exported with a flow. Messages on one subject, such as one order, are sent one after the other, in their order.</p>`;
}

function definition(name: string, type: string, description: string, optional: boolean): string {
  const kind = type && ` <span class="property-type">${type === 'dateTime' ? 'date-time' : type}</span>`;
  return `<dt${optional ? ' class="optional"' : ''}>${escape(name)}${kind}</dt><dd>${escape(description)}</dd>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
