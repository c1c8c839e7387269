// The sandbox that stands for JustClick: what is in it, what happens in it, and how it misbehaves.

import assert from 'node:assert/strict';
import { variable } from './tools.mjs';

export const sandbox = variable('SANDBOX_URL');
export const authData = { login: variable('SANDBOX_LOGIN'), api_key: variable('SANDBOX_KEY'), base_url: sandbox };

export async function newOrder(id, data = {}) {
  await tell(`orders/${id}`, { status: 'new', ...data });
  return id;
}

export async function orderState(id) {
  const { status, date, rpo } = await look(`orders/${id}`);
  return [status, date ?? undefined, rpo ?? undefined];
}

/** An order that somebody has paid, and the webhook by which JustClick would tell of it. */
export async function paidOrder(id, email) {
  const items = [{ good_name: 'invoice', sum: '1500.00' }];
  await newOrder(id, { data: { email, first_name: 'Anna', created: seconds() - 60, items } });
  await tell('control/deliveries', { hold: true });
  await tell('control/shop', { webhooks: { order_paid: ['http://127.0.0.1:9/'] } });
  const { deliveries: made } = await tell('control/events', { event: 'order_paid', bill_id: id }, 'POST');
  const { deliveries } = await look('control/deliveries');
  const { body } = deliveries.find((delivery) => made.includes(delivery.id));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { id, webhook: { method: 'POST', headers, query: '', body: new TextEncoder().encode(body) } };
}

/** The next call of this function misbehaves. */
export function failingOnce(name, misbehaviour) {
  return tell('control/misbehaviour', { [name]: { misbehaviour, times: 1 } });
}

/** The groups of a contact; none if there is no such contact. */
export async function groupsOf(email) {
  const { contacts } = await look('control/shop');
  return Object.keys(contacts.find((contact) => contact.email === email)?.groups ?? {});
}

export function seconds() {
  return Math.floor(Date.now() / 1000);
}

export async function look(path) {
  return (await fetch(`${sandbox}/${path}`)).json();
}

async function tell(path, body, method = 'PUT') {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox}/${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `the sandbox answered ${answer.status} to ${method} ${path}`);
  return answer.json();
}
