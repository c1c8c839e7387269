/** Which fields an action has, for what is known of the others. */

import type { Condition, Field } from 'plugin-engine/forms';

/**
 * Whether a condition holds. `maybe`: it looks at a field with a value from an earlier step, which is not known before
 * the Zap runs.
 */
export type Truth = 'yes' | 'no' | 'maybe';

export function truth(condition: Condition, fields: Field[], input: Record<string, unknown>): Truth {
  const truths = Object.entries(condition).map(([key, accepted]): Truth => {
    const value = String(input[key] ?? '').trim();
    if (accepted.includes(value)) return 'yes';
    return value === '' || valuesOf(fields.find((field) => field.key === key)).includes(value) ? 'no' : 'maybe';
  });
  if (truths.includes('no')) return 'no';
  return truths.includes('maybe') ? 'maybe' : 'yes';
}

/** The fields that others look at. */
export function deciding(fields: Field[]): Set<string> {
  const conditions = fields.flatMap(({ visible, required }) => [
    visible ?? {},
    typeof required === 'object' ? required.when : {},
  ]);
  return new Set(conditions.flatMap((condition) => Object.keys(condition)));
}

function valuesOf(field: Field | undefined): string[] {
  return field?.kind === 'boolean' ? ['true', 'false'] : (field?.choices ?? []).map(({ value }) => value);
}
