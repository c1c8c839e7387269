/** A connection, as a person enters it in Zapier. */

import type { AuthField, Authentication, Bundle, ZObject } from 'zapier-platform-core';
import { connectionFields, type ConnectionField, type Description } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { connectionError } from './errors';
import type { UsePlugin } from './session';

/** Custom authentication with the config keys of the description, proved by the plugin's check. */
export function authentication(description: Description, usePlugin: UsePlugin): Authentication {
  const fields = connectionFields(description);
  return {
    type: 'custom',
    fields: fields.map((field) => authField(field, description.homepage)),
    test: async (z: ZObject, bundle: Bundle) => {
      try {
        return await usePlugin((plugin) => plugin.checkConnection(bundle.authData));
      } catch (error) {
        throw connectionError(z, error, fields);
      }
    },
    connectionLabel: connectionLabel(fields),
  };
}

function authField(field: ConnectionField, docs: string | undefined): AuthField {
  // Zapier wants to see where more is to be read.
  const help = [field.description, docs && `[Help](${docs})`].filter(Boolean).join(' ');

  return {
    key: field.key,
    label: titleCase(field.title),
    type: field.secret ? 'password' : 'string',
    required: field.required === true,
    isNoSecret: !field.secret,
    ...(help && { helpText: help }),
    ...(field.default !== undefined && { default: String(field.default) }),
    ...(!field.secret && field.example !== undefined && { placeholder: String(field.example) }),
    // Zapier has several ways to write a yes, plugins have one.
    ...(field.kind === 'boolean' && { choices: { true: 'Yes', false: 'No' } }),
    ...(field.kind === 'choice' && {
      choices: Object.fromEntries(field.choices.map(({ value, title }) => [value, title])),
    }),
  };
}

/** What tells two accounts apart: all that a connection needs, but for its secrets. */
function connectionLabel(fields: ConnectionField[]): string {
  const shown = fields.filter(({ required, secret }) => required === true && !secret);
  const [first = '', ...rest] = shown.map(({ key }) => `{{bundle.authData.${key}}}`);
  return rest.length > 0 ? `${first} (${rest.join(', ')})` : first;
}
