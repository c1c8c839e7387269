/** What an action's description says of its kind. */

import type { Action, Description, PropertySchema } from './description';

export function actionNamed({ actions }: Pick<Description, 'actions'>, name: string): Action | undefined {
  return actions.find((action) => action.name === name);
}

/** Whether it changes nothing. */
export function isRead(action: Pick<Action, 'annotations'>): boolean {
  return action.annotations?.readOnlyHint === true;
}

/** A read whose output is a list, `items`. */
export function isSearch(action: Pick<Action, 'annotations' | 'outputSchema'>): boolean {
  return isRead(action) && typesOf(action.outputSchema.properties.items).includes('array');
}

/** The fields that hosts fill: those by which a search gives its list page by page. */
export function pagingFields(action: Action): string[] {
  const fields = isSearch(action) ? ['cursor', 'limit'] : [];
  return fields.filter((key) => Object.hasOwn(action.inputSchema.properties, key));
}

/** The field by which the service knows a repeat. */
export function keyOf(action: Pick<Action, 'idempotency'> | undefined): string | undefined {
  const idempotency = action?.idempotency;
  return typeof idempotency === 'object' ? idempotency.key : undefined;
}

/** Whether nothing was given. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The types of a value, without `null`. */
export function typesOf(property: PropertySchema | undefined): string[] {
  return [property?.type ?? []].flat().filter((type) => type !== 'null');
}
