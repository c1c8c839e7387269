/** The lists that the editor offers for a field: from the service, by the plugin. */

import { NodeOperationError, type ILoadOptionsFunctions, type INodeListSearchResult } from 'n8n-workflow';
import { choicesOf, inTitleCase, type Plugin } from 'plugin-engine';
import {
  chosenFieldsOf,
  connectionFields,
  fieldsOf,
  type Action,
  type Description,
  type Trigger,
} from 'plugin-engine/forms';
import { messageOf } from './errors';
import { connectionOf, inputOf } from './input';
import { listMethod } from './names';

type ListSearch = (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>;

/** One for each field that has a list, of actions or of triggers. */
export function listSearches(
  description: Description,
  forms: (Action | Trigger)[],
  credential: string,
  loaded: () => Promise<Plugin>,
): Record<string, ListSearch> {
  const methods = forms.flatMap((form) =>
    chosenFieldsOf(form).map(({ options }) => [
      listMethod(form, options),
      listSearch(description, form, options.field, credential, loaded),
    ]),
  );
  return Object.fromEntries(methods);
}

function listSearch(
  description: Description,
  form: Action | Trigger,
  field: string,
  credential: string,
  loaded: () => Promise<Plugin>,
): ListSearch {
  return async function (filter = '') {
    try {
      const connection = connectionOf(description, await this.getCredentials(credential));
      const values = inputOf(form, (name) => this.getCurrentNodeParameter(name), this.getTimezone());
      const options = { search: filter, values };
      const found = await choicesOf(await loaded(), description, form, field, connection, options);
      return { results: found.map(({ value, title }) => ({ name: title, value })) };
    } catch (error) {
      const fields = inTitleCase([...fieldsOf(form), ...connectionFields(description)]);
      throw new NodeOperationError(this.getNode(), messageOf(error, fields));
    }
  };
}
