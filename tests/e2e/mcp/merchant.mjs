// What a merchant asks an agent for: of an order that was paid, the customer into the buyers' group, and then the
// order marked as sent, with its tracking number. At every step the service fails once, and the agent does what the
// error says.

import { check, same } from '../checks.mjs';

const GROUP = 'customers';
const RPO = 'RA123456789RU';
const PAID = 1483218060;

/** The function behind each tool. */
const FUNCTIONS = {
  update_order_status: 'UpdateOrderStatus',
  get_order: 'getOrderDetails',
  add_contact: 'AddLeadToGroup',
};

/** Does it, by a server of which tools can be called, against the service at that address. */
export async function doesWhatAMerchantWants(server, service) {
  const ask = async (path, change) => {
    const body = change && { method: 'PUT', body: JSON.stringify(change) };
    const answer = await fetch(service + path, { ...body, signal: AbortSignal.timeout(30_000) });
    check(answer.ok, `the sandbox answers ${answer.status} to ${path}`);
    return answer.json();
  };
  const failing = async (tool, input) => {
    await ask('/control/misbehaviour', { [FUNCTIONS[tool]]: { misbehaviour: 'http-503', times: 1 } });
    const { error } = await server.call(input, tool);
    same([error?.kind, error?.retry], ['unavailable', 'later'], `${tool} while the service fails`);
    const { output } = await server.call(input, tool);
    check(output, `${tool} fails the second time, too`);
    return output;
  };
  const email = 'buyer-of-an-agent@email.com';
  const goods = [{ product_id: 'invoice' }];
  const { output: made } = await server.call({ goods, email }, 'create_order');
  check(made, 'the order is not made');
  const { bill_id } = made;
  await failing('update_order_status', { bill_id, status: 'paid', date: PAID });

  const order = await failing('get_order', { bill_id });
  same([order.email, order.pay_status, order.paid], [email, 'paid', PAID], 'the order that was paid');
  await failing('add_contact', { email: order.email, group_ids: [GROUP] });
  await failing('update_order_status', { bill_id, status: 'sent', date: PAID + 86_400, rpo: RPO });

  const { status, rpo } = await ask(`/orders/${bill_id}`);
  same([status, rpo], ['sent', RPO], 'the order afterwards');
  const { contacts } = await ask('/control/shop');
  const groups = contacts.find((contact) => contact.email === email)?.groups ?? {};
  same(Object.keys(groups), [GROUP], 'the groups of the customer afterwards');
}
