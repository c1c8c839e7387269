/**
 * Actions as n8n groups them: *Order: Create, Get, Get Many, Update Status*. An action's name is a verb and what it is
 * done to, `update_order_status`, and that says its resource; docs/authors.md has the rule.
 */

import { isRead, isSearch, type Action } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { singular } from './text';

export interface Resource {
  /** As workflows store it: `order`. */
  value: string;
  name: string;
  operations: Operation[];
}

export interface Operation {
  action: Action;
  /** What it is called among those of its resource. */
  name: string;
  /** What it is found by among all: "Get many orders". */
  sentence: string;
}

/** Where an action goes whose name is no more than a verb. */
const OTHER = 'other';
/** Those by which a search is *Get Many*. */
const GET = ['list', 'get'];

/** Each with the first of its actions in their order. */
export function resourcesOf(actions: Action[]): Resource[] {
  const grouped = new Map<string, Operation[]>();
  for (const action of actions) {
    const thing = thingOf(action, actions);
    grouped.set(thing, [...(grouped.get(thing) ?? []), operationOf(action, thing)]);
  }
  return [...grouped].map(([value, operations]) => ({
    value,
    name: titleCase(value.replaceAll('_', ' ')),
    operations: operations.map((one) => distinct(one, operations)),
  }));
}

/** Whether the choice is worth a field of the form: n8n wants it for more operations than five. */
export function isGrouped(resources: Resource[]): boolean {
  return resources.length > 1 || resources.some(({ operations }) => operations.length > 5);
}

/** `update_order_status` is about an order, where other actions are: of the things that it may mean, the shortest. */
function thingOf(action: Action, actions: Action[]): string {
  const others = new Set(actions.filter((other) => other !== action).map(({ name }) => singular(restOf(name))));
  const isKnown = (thing: string) => others.has(thing);
  const rest = restOf(action.name);
  // `mark_paid` names no thing, but its subject, `order_id`, does.
  const meant = thingsIn(rest).find(isKnown) ?? thingsIn(action.subject ?? '').find(isKnown);
  return meant ?? (singular(isAspect(action) ? rest.replace(/_+[^_]*$/, '') : rest) || OTHER);
}

/** What is got in the plural and is no list are facts of something: `get_partner_stats` is about a partner. */
function isAspect(action: Action): boolean {
  const rest = restOf(action.name);
  const isOfSomething = action.name.startsWith('get_') && rest.includes('_') && singular(rest) !== rest;
  return isOfSomething && isRead(action) && !isSearch(action);
}

/** What stands behind the verb. */
function restOf(name: string): string {
  return name.replace(/^[^_]*_*/, '');
}

/** Of `order_goods`: `order`, `order_goods`. */
function thingsIn(words: string): string[] {
  const all = words.split('_');
  return all.map((_, at) => singular(all.slice(0, at + 1).join('_'))).filter((thing) => thing !== '');
}

function operationOf(action: Action, thing: string): Operation {
  const { name, title } = action;
  const rest = restOf(name);
  const length = thingsIn(rest).indexOf(thing) + 1;
  // Its name has no part that says it.
  if (length === 0) return { action, name: titleCase(title), sentence: title };
  const [verb = ''] = name.split('_');
  const aspect = rest.split('_').slice(length);
  if (GET.includes(verb) && aspect.length === 0 && isSearch(action)) {
    return { action, name: 'Get Many', sentence: `Get many ${rest.replaceAll('_', ' ')}` };
  }
  return { action, name: titleCase([verb, ...aspect].join(' ')), sentence: title };
}

/** Two of one name are called by their titles. */
function distinct(operation: Operation, all: Operation[]): Operation {
  const isAlone = all.every((other) => other === operation || other.name !== operation.name);
  return isAlone ? operation : { ...operation, name: titleCase(operation.action.title) };
}
