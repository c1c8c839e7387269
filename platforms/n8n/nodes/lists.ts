/** The lists that the editor offers for a field: from the service, by the plugin. */

import {
  NodeOperationError,
  type ILoadOptionsFunctions,
  type INodeListSearchResult,
  type INodePropertyOptions,
} from 'n8n-workflow';
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
type LoadOptions = (this: ILoadOptionsFunctions) => Promise<INodePropertyOptions[]>;

interface Lists {
  /** Where one is chosen. */
  listSearch: Record<string, ListSearch>;
  /** Where several are. */
  loadOptions: Record<string, LoadOptions>;
}

/** One for each field that has a list, of actions or of triggers. */
export function listsOf(
  description: Description,
  forms: (Action | Trigger)[],
  credential: string,
  loaded: () => Promise<Plugin>,
): Lists {
  const lists: Lists = { listSearch: {}, loadOptions: {} };
  for (const form of forms) {
    for (const { options } of chosenFieldsOf(form)) {
      const method = listMethod(form, options);
      lists.listSearch[method] = async function (filter = '') {
        return { results: await found(this, options.field, form, filter) };
      };
      lists.loadOptions[method] = async function () {
        return found(this, options.field, form, '');
      };
    }
  }
  return lists;

  async function found(context: ILoadOptionsFunctions, field: string, form: Action | Trigger, search: string) {
    try {
      const connection = connectionOf(description, await context.getCredentials(credential));
      const values = inputOf(form, (name) => context.getCurrentNodeParameter(name), context.getTimezone());
      const choices = await choicesOf(await loaded(), description, form, field, connection, { search, values });
      return choices.map(({ value, title }) => ({ name: title, value }));
    } catch (error) {
      const fields = inTitleCase([...fieldsOf(form), ...connectionFields(description)]);
      throw new NodeOperationError(context.getNode(), messageOf(error, fields));
    }
  }
}
