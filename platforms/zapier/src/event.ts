/** What a trigger tells, as Zapier has it. */

import type { PlainOutputField } from 'zapier-platform-core';
import type { TriggerEvent } from 'plugin-engine';
import { eventFieldsOf, type Trigger } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { outputField, textUnlessTyped } from './fields';

/** Members of an event itself. Zapier knows repeats by `id`, and is to know them by the event's own. */
const OWN = ['id', 'time'];

/** A member of an event's data that has the name of one of the event itself has another here. */
function keyOf(name: string): string {
  return OWN.includes(name) ? `data_${name}` : name;
}

export function eventFields(trigger: Trigger): PlainOutputField[] {
  const fields = eventFieldsOf(trigger).map((field) => outputField({ ...field, key: keyOf(field.key) }));
  return [{ key: 'id', label: 'Event', type: 'string' }, { key: 'time', label: 'Time', type: 'datetime' }, ...fields];
}

/** By its id whatever tells of the same thing is known, also by a webhook elsewhere. */
export function eventOutput(trigger: Trigger, { id, time, data }: Omit<TriggerEvent, 'subject'>): { id: string } {
  const members = Object.entries(textUnlessTyped(trigger.eventSchema, data));
  const renamed = members.map(([name, value]) => [keyOf(name), value]);
  return { id, ...(time !== undefined && { time }), ...Object.fromEntries(renamed) };
}

/** What it tells of. */
export function eventNoun({ eventSchema, title }: Trigger): string {
  return titleCase(eventSchema.title ?? title);
}

/** What a later step is set up with where nothing has happened yet. */
export function eventSample(trigger: Trigger): { id: string } {
  return eventOutput(trigger, { id: `${trigger.name}:sample`, data: trigger.sample });
}
