// A package's README: a template, with what the description says put in. It runs without Node.

import * as forms from '../src/forms';
import { titleCase } from '../src/text';

/**
 * `{{name}}` in the template stands for a value; those of every package are the plugin's texts and tables. `triggers` are
 * those that the package has.
 */
export function readme(template, description, values, triggers = description.triggers ?? []) {
  const row = ({ title, description, required, kind, fields }) => {
    const need = required === true ? '' : required === false ? 'optional. ' : `${conditionOf(required.when)}. `;
    const inner = kind === 'lines' ? ` Each has ${fields.map((field) => titleCase(field.title)).join(', ')}.` : '';
    return `| ${cell(titleCase(title))} | ${cell(`${need}${description}${inner}`)} |`;
  };
  const table = (fields) => ['| field | |', '| --- | --- |', ...fields.map(row)].join('\n');
  const section = (action) => {
    const fields = forms.fieldsOf(action);
    const outdated = action.deprecated ? ` Outdated since ${action.deprecated.since}.` : '';
    const intro = `### ${titleCase(action.title)}\n\n${action.description}${outdated}`;
    return fields.length === 0 ? intro : `${intro}\n\n${table(fields)}`;
  };
  const all = {
    title: description.title,
    about: description.description,
    homepage: description.homepage ? `See ${description.homepage}.` : '',
    connection: table(forms.connectionFields(description)),
    actions: description.actions.map(section).join('\n\n'),
    triggers: triggers.map(section).join('\n\n'),
    ...values,
  };
  const filled = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in all)) throw new Error(`The README wants ${name}, which there is not.`);
    return all[name];
  });
  // What is empty leaves no gap.
  return filled.replaceAll(/\n{3,}/g, '\n\n');
}

function conditionOf(when) {
  return `required for ${Object.values(when)
    .map((values) => values.join(', '))
    .join(' and ')}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ').trim();
}
