/** The choices of a field that the service knows: from the read that lists them. */

import { actionNamed, isAbsent } from './action';
import type { Action, Description, Trigger } from './description';
import { ActionError } from './error';
import { at } from './pointer';
import { allItems } from './search';
import type { CallOptions, Connection, Plugin } from './settings';

/** As many as a person looks through. */
const MOST = 500;

export interface Option {
  value: string;
  /** What a person reads. */
  title: string;
}

/** An action or a trigger, whose form has the field. */
type Chooser = Pick<Action | Trigger, 'name' | 'form'>;

/**
 * Those of a field; `search` is what a person has typed, `values` the form as far as it is filled in. Where the read
 * can't search, the titles are searched here. Fails with an `ActionError`.
 */
export async function choicesOf(
  plugin: Pick<Plugin, 'call'>,
  description: Pick<Description, 'actions'>,
  action: Chooser,
  field: string,
  connection: Connection,
  { search = '', values = {}, ...options }: CallOptions & { search?: string; values?: Record<string, unknown> } = {},
): Promise<Option[]> {
  const from = action.form?.options?.[field];
  const read = from && actionNamed(description, from.action);
  if (!from || !read) throw noChoices(action, field);
  const taken = Object.entries(from.arguments ?? {}).map(([name, other]) => [name, values[other]]);
  const input = Object.fromEntries(taken.filter(([, value]) => !isAbsent(value)));
  if (from.search !== undefined && search.trim() !== '') input[from.search] = search;
  const items = await allItems(plugin, read, input, connection, { ...options, limit: MOST });
  const found = items.flatMap((item): Option[] => {
    const value = at(item, from.value);
    if (isAbsent(value)) return [];
    const title = at(item, from.title);
    return [{ value: String(value), title: String(isAbsent(title) ? value : title) }];
  });
  const wanted = from.search === undefined ? search.trim().toLowerCase() : '';
  return found.filter(({ title }) => title.toLowerCase().includes(wanted));
}

function noChoices(action: Chooser, field: string): ActionError {
  const message = `The field "${field}" of "${action.name}" has no list of choices.`;
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none' });
}
