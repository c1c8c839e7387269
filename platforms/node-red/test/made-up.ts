// A description with a second action, which no source of this package knows.

import type { Action, Description } from '@justclick/plugin';
import { description } from 'justclick:bundle';

const ADD_NOTE: Action = {
  name: 'add_note',
  title: 'Add note',
  description: 'Adds a note & <nothing> else.',
  inputSchema: {
    type: 'object',
    properties: {
      text: { type: 'string', title: 'Text', description: 'The "note".', examples: ['<b>'] },
      tone: { type: 'string', title: 'Tone', description: 'kind: friendly. blunt: as it is.', enum: ['kind', 'blunt'] },
      until: { type: 'string', title: 'Until', description: 'When it ends.', format: 'date-time' },
      stars: { type: 'integer', title: 'Stars' },
      urgent: { type: 'boolean', title: 'Urgent' },
    },
    required: ['text'],
    additionalProperties: false,
    allOf: [{ if: { properties: { tone: { enum: ['blunt'] } }, required: ['tone'] }, then: { required: ['until'] } }],
  },
  outputSchema: { type: 'object', properties: { note_id: { type: 'integer', description: 'Its number.' } } },
  form: { order: ['text', 'tone', 'until', 'stars', 'urgent'], visible: { until: { tone: ['blunt'] } } },
};

export const TWO_ACTIONS: Description = { ...description, actions: [...description.actions, ADD_NOTE] };
