/** The nodes' HTML file: dialogs and help texts, out of the description. Runs when the package is built. */

import type { Action, Description } from '@justclick/plugin';
import { fieldsOf, outputFieldsOf, type ConnectionField, type Field } from '@justclick/plugin/forms';
import { ACTION_NODE, CONNECTION_NODE, formOf, type ActionForm } from './form';

const ICONS: Record<Field['kind'], string> = {
  text: 'pencil',
  choice: 'list',
  dateTime: 'calendar',
  integer: 'hashtag',
  boolean: 'check-square-o',
};

/** Wide enough for titles of two words. */
const LABEL = 'style="width: 130px"';
const INPUT = 'style="width: calc(100% - 135px)"';

/** The test of a connection: its button, and its result. */
export const CHECK_BUTTON = 'justclick-check';
export const CHECK_RESULT = 'justclick-check-result';

/** The id of an action's field in the dialog. */
export function inputId(action: { name: string }, field: { key: string }): string {
  return `justclick-${action.name}-${field.key}`;
}

/** `script` is the built `editor.ts`. */
export function page(description: Description, script: string): string {
  const form = formOf(description);
  return [
    element('text/javascript', '', script.trim()),
    element('text/html', `data-template-name="${ACTION_NODE}"`, actionDialog(form.actions)),
    element('text/html', `data-template-name="${CONNECTION_NODE}"`, connectionDialog(form.connection)),
    element('text/html', `data-help-name="${ACTION_NODE}"`, description.actions.map(help).join('\n')),
    element('text/html', `data-help-name="${CONNECTION_NODE}"`, connectionHelp(description, form.connection)),
    '',
  ].join('\n');
}

function element(type: string, attributes: string, content: string): string {
  return `<script type="${type}"${attributes && ` ${attributes}`}>\n${content}\n</script>`;
}

function actionDialog(actions: ActionForm[]): string {
  const options = actions.map(({ name, title }) => `<option value="${escape(name)}">${escape(title)}</option>`);
  const select = `<select id="node-input-action" ${INPUT}>${options.join('')}</select>`;
  const rows = actions.flatMap((action) =>
    action.fields.map((field) => {
      const id = inputId(action, field);
      const placeholder = field.example === undefined ? '' : ` placeholder="${escape(String(field.example))}"`;
      return row(id, ICONS[field.kind], escape(field.title), `<input type="text" id="${id}"${placeholder} ${INPUT}>`);
    }),
  );
  return [
    name('node-input-name'),
    row(
      'node-input-connection',
      'globe',
      ours('label.connection'),
      `<input type="text" id="node-input-connection" ${INPUT}>`,
    ),
    // Nobody has to choose from one.
    row('node-input-action', 'bolt', ours('label.action'), select, actions.length > 1 ? '' : ' style="display: none"'),
    ...rows,
  ].join('\n');
}

function connectionDialog(fields: ConnectionField[]): string {
  const rows = fields.map((field) => {
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
  return [name('node-config-input-name'), ...rows, checkRow()].join('\n');
}

function checkRow(): string {
  const button = `<button type="button" class="red-ui-button" id="${CHECK_BUTTON}">${ours('check.button')}</button>`;
  return `<div class="form-row">${button}<div id="${CHECK_RESULT}" role="status" style="margin-top: 8px"></div></div>`;
}

function name(id: string): string {
  const placeholder = 'data-i18n="[placeholder]justclick.label.name"';
  return row(id, 'tag', ours('label.name'), `<input type="text" id="${id}" ${placeholder} ${INPUT}>`);
}

/** A text that is not the plugin's: the editor puts it in, in its own language. */
function ours(key: string): string {
  return `<span data-i18n="justclick.${key}"></span>`;
}

/** `title` is HTML. */
function row(id: string, icon: string, title: string, input: string, attributes = ''): string {
  const label = `<label for="${id}" ${LABEL}><i class="fa fa-${icon}"></i> ${title}</label>`;
  return `<div class="form-row"${attributes}>${label} ${input}</div>`;
}

function help(action: Action): string {
  const outputs = outputFieldsOf(action).map(({ key, description, required, kind }) =>
    definition(`payload.${key}`, kind, description, required !== true),
  );
  const inputs = fieldsOf(action).map(({ key, title, description, required, kind }) =>
    definition(`payload.${key}`, kind, `${title}. ${description}`, required !== true),
  );
  return `<p>${escape(action.description)}</p>
<h3>Inputs</h3>
<dl class="message-properties">
${inputs.join('\n')}
</dl>
<p>A new node takes each field from the message's payload. In its dialog a field can be given another source: a fixed value, another property of the message, the context, an environment variable or an expression. A field whose source is empty is not sent, and neither is one that the dialog does not show.</p>
<p>A date may also be a JavaScript date or a timestamp in milliseconds, as an Inject node sends it.</p>
<h3>Outputs</h3>
<dl class="message-properties">
${outputs.join('\n')}
</dl>
<p>The message's other properties stay as they are.</p>
<h3>Errors</h3>
<p>A failed message goes to a Catch node, with its payload as it came. <code>msg.error.message</code> says what is wrong and what to do, <code>msg.error.code</code> is the kind of error, such as <code>not_found</code>, and <code>msg.error.cause</code> is the whole document. Its <code>retry</code> is <code>later</code> where the message may be sent again by itself, after <code>retry_after_s</code> seconds if that is there. Its <code>effect</code> is <code>unknown</code> where something may have been changed all the same.</p>`;
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
