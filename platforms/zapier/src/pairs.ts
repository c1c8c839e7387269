/** Which searches make something where they find nothing. */

import type { Action, Description } from 'plugin-engine/forms';
import { actionNamed, isRead, isSearch, itemFieldsOf } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { itemFields } from './fields';

/**
 * A search and an action make a pair where the plugin itself looks the action's outcome up by this search, so that it
 * finds what the action makes; and where the action's output has what tells one find from another, so that later steps
 * have it either way.
 */
export function searchOrCreates(description: Description) {
  const pairs = description.actions.flatMap((create) => {
    const search = create.verify && actionNamed(description, create.verify.action);
    return search && isPair(search, create) ? [[search.name, pair(search, create)] as const] : [];
  });
  // Zapier has one for a search: the first.
  return Object.fromEntries(pairs.toReversed());
}

function isPair(search: Action, create: Action): boolean {
  if (isRead(create) || create.deprecated || search.deprecated) return false;
  if (!isSearch(search) || itemFieldsOf(search).length === 0) return false;
  const fields = itemFields(search);
  const telling = fields.find(({ primary }) => primary)?.key ?? 'id';
  return Object.hasOwn(create.outputSchema.properties, telling);
}

function pair(search: Action, create: Action) {
  const [finds, makes] = [titleCase(search.title), titleCase(create.title)];
  return {
    key: search.name,
    search: search.name,
    create: create.name,
    display: { label: `${finds} or ${makes}`, description: `${search.description} If there is none: ${makes}.` },
  };
}
