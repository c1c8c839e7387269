// The workflows that are imported.

const CREDENTIAL = { justClickApi: { id: 'justclick', name: 'JustClick account' } };

/** 2013-03-03, midnight, is 1362254400 there, and another moment wherever a computer may stand by chance. */
const ZONE = 'Europe/Moscow';

/** Every five seconds. n8n wants a minute at least, but means an asterisk. */
const SECONDS = Array.from({ length: 12 }, (_, at) => at * 5).join(',');
const OFTEN = { item: [{ mode: 'custom', cronExpression: `${SECONDS} * * * * *` }] };

/** What a person presses. */
export const START = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };

export function credential(baseUrl, login, apiKey, id = 'justclick', name = 'JustClick account') {
  return { id, name, type: 'justClickApi', data: { login, apiKey, baseUrl, allowHttp: false } };
}

/** What a person begins with. */
export const blank = (id) => workflow(id, []);

/** A trigger, to which a person adds the rest. */
export function empty(id) {
  return workflow(id, [START]);
}

/** Three orders: one good, one that JustClick does not have, one with a bad number. */
export function threeOrders(onError) {
  const items = [
    { ref: 'good', number: '100000', date: '2013-03-03T00:00:00' },
    { ref: 'unknown', number: '999999', date: '2013-03-03T00:00:00' },
    { ref: 'bad', number: 'no number', date: '2013-03-03T00:00:00' },
  ];
  return workflow(`three-${onError}`, [
    START,
    raw('Data', `=${JSON.stringify({ items })}`),
    splitOut('items'),
    { ...justClick({ status: 'sent', date: '={{ $json.date }}', rpo: 'RA123456789RU' }), onError },
    ...(onError === 'continueErrorOutput'
      ? [paired('Changed'), { ...paired('Failed'), output: 1, after: 'JustClick' }]
      : onError === 'continueRegularOutput'
        ? [paired('Changed')]
        : []),
  ]);
}

/** Items that come in by a webhook, each with its number and status; one at a time or thousands. */
export function webhook(id, parameters, onError = 'stopWorkflow') {
  return workflow(id, [hook(id), splitOut('body.items'), { ...justClick(parameters), onError }]);
}

/** An agent that fills in the whole form; `credential` is that of its model. */
export function agent(id, credential) {
  const model = {
    name: 'Model',
    type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
    typeVersion: 1.2,
    parameters: { model: { __rl: true, mode: 'id', value: 'stand-in' }, options: {} },
    credentials: { openAiApi: credential },
  };
  const tool = {
    ...operation('JustClick', 'order', 'update_order_status', {
      billId: "={{ $fromAI('Order_Number', 'The number of the order', 'string') }}",
      status: "={{ $fromAI('Status', '', 'string') }}",
      date: "={{ $fromAI('Date', '', 'string') }}",
      rpo: "={{ $fromAI('Tracking_Number', '', 'string') }}",
    }),
    type: 'n8n-nodes-justclick.justClickTool',
    // Without this a tool that fails ends the workflow.
    onError: 'continueRegularOutput',
  };
  const parameters = { promptType: 'define', text: '={{ $json.body.text }}', options: {} };
  const { nodes, connections, ...rest } = workflow(id, [
    hook(id),
    { name: 'Agent', type: '@n8n/n8n-nodes-langchain.agent', typeVersion: 3, parameters },
  ]);
  const to = (type) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
  return {
    ...rest,
    nodes: [...nodes, ...[model, tool].map((node, at) => ({ id: `sub-${at}`, position: [at * 220, 220], ...node }))],
    connections: { ...connections, Model: to('ai_languageModel'), JustClick: to('ai_tool') },
  };
}

export function justClick(parameters) {
  return {
    name: 'JustClick',
    type: 'n8n-nodes-justclick.justClick',
    typeVersion: 1,
    parameters: { billId: '={{ $json.number }}', ...parameters },
    credentials: CREDENTIAL,
  };
}

/** What a package of this version makes of an operation: its resource stands beside it. */
export function operation(name, resource, action, parameters) {
  return {
    name,
    type: 'n8n-nodes-justclick.justClick',
    typeVersion: 2,
    parameters: { resource, operation: action, ...parameters },
    credentials: CREDENTIAL,
  };
}

/** Begun by what the service sends to `/webhook/ID/webhook`. */
export function told(event, id, parameters = {}) {
  return {
    name: 'Told',
    type: 'n8n-nodes-justclick.justClickTrigger',
    typeVersion: 1,
    webhookId: id,
    parameters: { event, ...parameters },
    credentials: CREDENTIAL,
  };
}

/** Begun by asking. */
export function asked(event, parameters = {}) {
  return {
    name: 'Asked',
    type: 'n8n-nodes-justclick.justClickPollingTrigger',
    typeVersion: 1,
    parameters: {
      event,
      pollTimes: OFTEN,
      ...parameters,
    },
    credentials: CREDENTIAL,
  };
}

/** What a merchant builds: an order is paid, so its buyer comes into a group, and the order is posted. */
export function automation(id) {
  const order = "$('Told').item.json.data";
  return workflow(id, [
    told('order_paid', id),
    operation('Contact', 'contact', 'add_contact', {
      groupIds: ['customers', 'news'],
      email: '={{ $json.data.email }}',
    }),
    operation('Post', 'order', 'update_order_status', {
      billId: `={{ ${order}.bill_id }}`,
      status: 'sent',
      date: '={{ $now }}',
      rpo: `=RA{{ ${order}.bill_id }}RU`,
    }),
  ]);
}

export const hookAlone = (id, event) => workflow(id, [told(event, id), raw('Got', '={{ $json }}')]);

/** Two ways by which it may hear of one thing. */
export function bothWays(id) {
  const { nodes, connections, ...rest } = workflow(id, [told('order_paid', id), raw('Got', '={{ $json }}')]);
  return {
    ...rest,
    nodes: [...nodes, { id: 'asked', position: [0, 200], ...asked('paid_order') }],
    connections: { ...connections, Asked: { main: [[{ node: 'Got', type: 'main', index: 0 }]] } },
  };
}

/** A node of the second plugin. */
export function shop(name, parameters) {
  return {
    name,
    type: 'n8n-nodes-shop.shop',
    typeVersion: 1,
    parameters,
    credentials: { shopApi: { id: 'shop', name: 'Shop account' } },
  };
}

/** A paid order is noted in the shop. */
export function shopTold(id) {
  const told = { ...shopTrigger('Told', 'shopTrigger', { event: 'order_paid' }), webhookId: id };
  const note = { resource: 'note', operation: 'send_note', text: '=Order {{ $json.data.id }} is paid.' };
  return workflow(id, [told, { ...shop('Note', note), typeVersion: 2 }]);
}

/** It is asked for new orders. */
export function shopAsked(id) {
  const asked = shopTrigger('Asked', 'shopPollingTrigger', { event: 'order_created', pollTimes: OFTEN });
  return workflow(id, [asked, raw('Got', '={{ $json }}')]);
}

function shopTrigger(name, type, parameters) {
  return { ...shop(name, parameters), type: `n8n-nodes-shop.${type}` };
}

/** Nodes in a row, or `after` another and from another of its outputs than the first. */
export function workflow(id, nodes) {
  const connections = {};
  nodes.forEach(({ name, after, output = 0 }, at) => {
    const from = after ?? nodes[at - 1]?.name;
    if (from === undefined) return;
    connections[from] ??= { main: [] };
    connections[from].main[output] ??= [];
    connections[from].main[output].push({ node: name, type: 'main', index: 0 });
  });
  return {
    id,
    name: id,
    active: false,
    settings: { executionOrder: 'v1', timezone: ZONE },
    connections,
    nodes: nodes.map(({ after: _, output: __, ...node }, at) => ({
      id: `node-${at}`,
      position: [at * 220, 0],
      ...node,
    })),
  };
}

function hook(path) {
  return {
    name: 'Webhook',
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    webhookId: path,
    parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'allEntries', options: {} },
  };
}

function splitOut(field) {
  const parameters = { fieldToSplitOut: field, options: {} };
  return { name: 'Orders', type: 'n8n-nodes-base.splitOut', typeVersion: 1, parameters };
}

/** Names the item that came in, which n8n knows by its pair alone. */
function paired(name) {
  return raw(name, `={{ ({ ref: $('Orders').item.json.ref, got: $json }) }}`);
}

function raw(name, jsonOutput) {
  return { name, type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters: { mode: 'raw', jsonOutput, options: {} } };
}
