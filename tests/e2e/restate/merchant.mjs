// A merchant's automation, as a service of Restate: an order is paid → its customer is put into the buyers'
// group → the order is marked as sent, with its tracking number. Each step is an action of the plugin, which
// `plugin-host restate` carries out.
//
//   node merchant.mjs PORT     with RESTATE_SDK, the folder of the SDK

import { createRequire } from 'node:module';
import { join } from 'node:path';

// The SDK takes it from Node.js 22 on, and this runs on 20 as well.
Promise.withResolvers ??= () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

const require = createRequire(join(process.env.RESTATE_SDK, 'node_modules', 'x.js'));
const restate = require('@restatedev/restate-sdk');

/** The shipping date that goes with a payment: a day later. */
const shipped = (event) => event.data.paid + 86_400;

const merchant = restate.service({
  name: 'Merchant',
  handlers: {
    // An event is sent as a CloudEvent, whose media type is not JSON's own.
    orderPaid: restate.handlers.handler({ accept: '*/*' }, async (ctx, event) => {
      const connection = decodeURIComponent(event.source.split('/')[2]);
      const { bill_id: order, email } = event.data;
      const act = (subject, method, parameter) =>
        ctx.genericCall({
          service: 'justclick',
          key: `${connection}:${subject}`,
          method,
          parameter,
          inputSerde: restate.serde.json,
          outputSerde: restate.serde.json,
        });
      await act(email, 'add_contact', { group_ids: ['customers'], email });
      await act(order, 'update_order_status', { status: 'sent', date: shipped(event), rpo: `RA${order}` });
      await ctx.objectClient({ name: 'Ledger' }, event.id).add();
    }),
  },
});

/** How often an event's automation came to its end. */
const ledger = restate.object({
  name: 'Ledger',
  handlers: {
    add: async (ctx) => ctx.set('count', ((await ctx.get('count')) ?? 0) + 1),
  },
});

await restate.serve({ services: [merchant, ledger], port: Number(process.argv[2]) });
console.log(`the merchant on http://127.0.0.1:${process.argv[2]}`);
