// A flow that is asked over HTTP: an order in, the output or the caught error out.

const SOURCES = Object.fromEntries(
  ['bill_id', 'status', 'date', 'rpo'].map((key) => [key, { type: 'msg', value: `payload.${key}` }]),
);

export function connectionNode(id, { login, base_url, api_key }) {
  return {
    id,
    type: 'justclick-connection',
    name: `The ${id}`,
    login,
    base_url,
    allow_http: false,
    credentials: { api_key },
  };
}

/** `POST /NAME` changes an order; `fields` are the node's own sources. */
export function askedOverHttp(name, connection, fields = SOURCES) {
  return overHttp(name, { type: 'justclick', connection, action: 'update_order_status', fields });
}

/** `POST /NAME` calls an action of the made-up shop; `from` says where in the message each field is. */
export function shopOverHttp(name, action, from) {
  const fields = Object.entries(from).map(([key, value]) => [key, { type: 'msg', value }]);
  return overHttp(name, { type: 'shop', connection: 'the-shop', action, fields: Object.fromEntries(fields) });
}

/** What comes out of a node, or the caught error. */
function overHttp(name, node) {
  const id = (part) => `${name}-${part}`;
  const z = id('tab');
  return [
    { id: z, type: 'tab', label: name },
    { id: id('in'), z, type: 'http in', url: `/${name}`, method: 'post', x: 120, y: 80, wires: [[id('node')]] },
    { ...node, id: id('node'), z, name: '', x: 340, y: 80, wires: [[id('out')]] },
    { id: id('out'), z, type: 'http response', statusCode: '200', x: 560, y: 80, wires: [] },
    { id: id('catch'), z, type: 'catch', scope: [id('node')], x: 120, y: 160, wires: [[id('error')]] },
    {
      id: id('error'),
      z,
      type: 'change',
      rules: [{ t: 'set', p: 'payload', pt: 'msg', to: '{"error": error, "payload": payload}', tot: 'jsonata' }],
      x: 340,
      y: 160,
      wires: [[id('failed')]],
    },
    { id: id('failed'), z, type: 'http response', statusCode: '422', x: 560, y: 160, wires: [] },
  ];
}
