/** The JustClick sandbox that the app tests run against. */

function variable(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `Set SANDBOX_URL, SANDBOX_LOGIN and SANDBOX_KEY to those of a running sandbox: ${name} is missing.`,
    );
  return value;
}

const url = variable('SANDBOX_URL');

/** A connection to it, as Zapier hands it over. */
export const authData: Record<string, string> = {
  login: variable('SANDBOX_LOGIN'),
  api_key: variable('SANDBOX_KEY'),
  base_url: url,
  allow_http: 'false',
};

export interface Order {
  bill_id: string;
  status: string;
  date?: number;
  rpo?: string;
}

export async function order(id: string): Promise<Order> {
  return (await (await fetch(`${url}/orders/${id}`)).json()) as Order;
}

/** The form that the newest request sent. */
export async function lastForm(): Promise<Record<string, string>> {
  const { requests } = (await (await fetch(`${url}/requests`)).json()) as { requests: { body: string }[] };
  return Object.fromEntries(new URLSearchParams(requests.at(-1)?.body));
}

/** A new order, so that tests leave each other alone. */
export async function newOrder(id: string): Promise<string> {
  await put(`orders/${id}`, { status: 'new' });
  return id;
}

/** An order that was made some seconds ago and is paid now, and the webhook that tells of it. */
export async function paidOrder(id: string, secondsAgo = 60) {
  const created = Math.floor(Date.now() / 1000) - secondsAgo;
  const items = [{ good_name: 'invoice', sum: '1500.00' }];
  await put(`orders/${id}`, { status: 'new', data: { email: `${id}@email.com`, created, items } });
  await put('control/deliveries', { hold: true });
  await put('control/shop', { webhooks: { order_paid: ['http://127.0.0.1:9/'] } });
  const { deliveries } = await put('control/events', { event: 'order_paid', bill_id: id }, 'POST');
  const all = (await (await fetch(`${url}/control/deliveries`)).json()) as { deliveries: Delivery[] };
  const { body } = all.deliveries.find((delivery) => delivery.id === deliveries[0])!;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { id, webhook: { method: 'POST', headers, query: '', body: new TextEncoder().encode(body) } };
}

interface Delivery {
  id: number;
  body: string;
}

/** How the sandbox misbehaves while `during` goes on. */
export async function misbehaving<T>(misbehaviour: string, during: () => Promise<T>): Promise<T> {
  await put('misbehaviour', { misbehaviour });
  try {
    return await during();
  } finally {
    await put('misbehaviour', { misbehaviour: null });
  }
}

async function put(path: string, body: unknown, method = 'PUT'): Promise<any> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${method} /${path}.`);
  return answer.json();
}
