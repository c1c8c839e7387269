// An action that the plugin does not have: what a second one needs in this integration is its description alone.

const action = {
  name: 'add_note_to_order',
  title: 'Add note to order',
  description: 'Write a note to an order, and tell the customer if wanted.',
  subject: 'bill_id',
  inputSchema: {
    type: 'object',
    properties: {
      bill_id: { title: 'Order number', type: 'integer', examples: [100000] },
      channel: {
        title: 'Channel',
        description: 'sms: by text message. none: not at all.',
        type: 'string',
        enum: ['sms', 'none'],
      },
      phone: { title: 'Phone', type: 'string' },
      at: { title: 'At', description: 'When: an RFC 3339 date-time.', type: 'string', format: 'date-time' },
      urgent: { title: 'Urgent', type: 'boolean' },
    },
    required: ['bill_id', 'channel'],
    additionalProperties: false,
    allOf: [
      {
        if: { properties: { channel: { enum: ['sms'] } }, required: ['channel'] },
        then: { required: ['phone'] },
      },
    ],
  },
  outputSchema: {
    type: 'object',
    properties: { note_id: { title: 'Note number', type: 'integer', examples: [7] } },
    required: ['note_id'],
  },
  form: { order: ['channel', 'phone', 'bill_id', 'at', 'urgent'], visible: { phone: { channel: ['sms'] } } },
};

/** A description with one action more. */
export function withSecondAction(description) {
  return { ...description, actions: [...description.actions, action] };
}
