// How the service behaves while nothing burns.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { until } from '../processes.mjs';
import { statusOverHttp2 } from './world.mjs';

/** The orders that these checks change. */
export const ORDERS = ['100000', '100001', '100002'];
const [PLAIN, THROTTLED, SLOW] = ORDERS;
const CANCEL = { status: 'cancel' };

export async function isDiscovered({ cluster, replicas }) {
  same(await statusOverHttp2(replicas.one, '/discover'), 401, 'a request without signature');
  await cluster.register(replicas.address);
  const { handlers } = await cluster.admin('/services/justclick');
  const { actions } = JSON.parse(readFileSync(join(process.env.JUSTCLICK_BUNDLE, 'describe.json'), 'utf8'));
  const names = (all) => all.map(({ name }) => name).sort();
  same(names(handlers), names(actions), 'the handlers');
  const handler = handlers.find(({ name }) => name === 'update_order_status');
  same(handler.ty, 'Exclusive', 'the kind of a handler that changes an order');
  same(handler.input_json_schema.required, ['status'], 'what its input requires');
  check(handler.output_json_schema.properties.message, 'the output has no schema');
  const openapi = JSON.stringify(await cluster.admin('/services/justclick/openapi'));
  check(openapi.includes('Tell the JustClick shop') && openapi.includes('exclusiveMaximum'), 'OpenAPI lacks the plugin');
  proved('discovery is refused without signature, and brings the schemas and words of the plugin into OpenAPI');
}

export async function answersAndRefuses(world) {
  const output = { bill_id: PLAIN, ...CANCEL, message: 'order status changed' };
  for (const repeated of [{}, { bill_id: PLAIN }, { bill_id: Number(PLAIN) }]) {
    const { body } = await until('an output', 60, () => world.update(PLAIN, { ...repeated, ...CANCEL }));
    same(body, output, 'the output');
  }
  const before = await world.requests();
  for (const [key, input, field] of [
    [PLAIN, { status: 'sent' }, 'date'],
    [PLAIN, { ...CANCEL, bill_id: THROTTLED }, 'bill_id'],
    [`0${PLAIN}`, CANCEL, undefined],
  ]) {
    const { status, document } = await world.refusal(key, input);
    same([status, document.kind, document.field], [400, 'invalid_input', field], 'a bad input');
  }
  same(await world.requests(), before, 'requests for bad inputs');
  const failed = "from sys_journal j join sys_invocation i on j.id = i.id where i.completion_result = 'failure'";
  // A replay by another version of the plugin has to find what this one decided.
  const [steps] = await world.cluster.query(`select count(*) as n ${failed} and j.entry_type like '%Run%'`);
  check(steps.n >= 3, 'the refusals of bad inputs are not recorded as steps');
  const { status, document } = await world.refusal('777', CANCEL);
  same([status, document.kind, document.retry], [404, 'not_found', 'never'], 'an unknown order');
  proved('a bad input ends as 400 in a recorded step that sends nothing, an unknown order as 404, each with its error document');
}

export async function waitsAsLongAsAsked(world) {
  await world.ask(`/orders/${THROTTLED}`, { misbehaviour: 'http-429' });
  const before = await world.requests();
  const begun = Date.now();
  const call = world.update(THROTTLED, CANCEL);
  await until('the refusal', 20, async () => (await world.requests()) > before, 20);
  await world.ask(`/orders/${THROTTLED}`, { misbehaviour: null });
  same((await call).status, 200, 'the throttled call');
  const seconds = (Date.now() - begun) / 1000;
  check(seconds >= 7, `the service was asked again after ${seconds} s, and had said 7`);
  same((await world.requests()) - before, 2, 'requests');
  proved(`a service that wants to be left alone for 7 s is asked again after ${seconds.toFixed(1)} s, once`);
}

export async function endsGracefully(world) {
  const changes = async () => (await world.ask(`/orders/${SLOW}`)).changes.length;
  await world.ask(`/orders/${SLOW}`, { misbehaviour: 'slow' });
  const call = world.update(SLOW, CANCEL);
  await until('the change', 20, changes, 10);
  const codes = await world.replicas.each((index) => world.replicas.end(index, 'SIGTERM'));
  same(codes, codes.map(() => 0), 'exit codes');
  await world.replicas.each((index) => world.replicas.restart(index));
  same((await call).status, 200, 'the call under way');
  same(await changes(), 1, 'changes');
  proved('SIGTERM in the middle of a call: it is recorded, not repeated, and every replica exits with 0');
}
