// An action that no plugin has, for what forms are made of: numbers, switches, optional fields, a field that is required
// for some of the values that show it, more choices than fit on a hand.

import type { Action } from 'plugin-engine/forms';

export const MADE_UP: Action = {
  name: 'book_courier',
  title: 'Book courier for order',
  description: 'Have a courier fetch the parcel.',
  subject: 'bill_id',
  inputSchema: {
    type: 'object',
    properties: {
      bill_id: { title: 'Order number', description: 'The parcel.', type: 'integer', examples: [100000] },
      tour: {
        title: 'Tour',
        description: 'When: express: within the hour. day: today. night: tonight. week: this week. any: at any time.',
        type: 'string',
        enum: ['express', 'day', 'night', 'week', 'any'],
      },
      door_code: { title: 'Door code', description: 'Required for night.', type: 'string' },
      fetch_at: { title: 'Fetch at', description: 'When to ring: RFC 3339.', type: 'string', format: 'date-time' },
      insured: { title: 'Insured', description: 'Pays for what is lost.', type: 'boolean' },
      parcels: { title: 'Parcels', type: 'integer' },
    },
    required: ['bill_id', 'tour'],
    additionalProperties: false,
    allOf: [
      { if: { properties: { tour: { enum: ['night'] } }, required: ['tour'] }, then: { required: ['door_code'] } },
      { if: { properties: { tour: { enum: ['week'] } }, required: ['tour'] }, then: { required: ['fetch_at'] } },
    ],
  },
  outputSchema: {
    type: 'object',
    properties: { courier: { title: 'Courier', type: 'string' }, rest: { title: 'Anything' } },
    required: ['courier'],
  },
  form: {
    order: ['tour', 'bill_id', 'door_code', 'fetch_at', 'insured', 'parcels'],
    visible: { door_code: { tour: ['day', 'night', 'week'] }, fetch_at: { tour: ['week'] } },
  },
};
