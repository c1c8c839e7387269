// Three items on the command line, where a failed one has its own output, stays among the others, or stops the run.

import assert from 'node:assert/strict';
import { check } from '../support.mjs';
import { ask, newOrder, order } from '../sandbox.mjs';
import { threeOrders } from '../workflows.mjs';

const WAYS = ['continueErrorOutput', 'continueRegularOutput', 'stopWorkflow'];
const CHANGED = { status: 'sent', date: 1362254400, rpo: 'RA123456789RU' };

export async function items(n8n) {
  await n8n.import('workflow', WAYS.map(threeOrders));

  await check('a good, an unknown and a bad order go to the success and the error output', async () => {
    const { JustClick: run, Changed, Failed } = await executed(n8n, 'continueErrorOutput');
    const [changed, failed] = run;
    assert.deepEqual(changed, [{ bill_id: '100000', ...CHANGED, message: 'order status changed' }]);
    assert.deepEqual(
      failed.map(({ ref, number, error }) => [ref, number, error.kind, error.retry, error.effect]),
      [
        ['unknown', '999999', 'not_found', 'never', 'none'],
        ['bad', 'no number', 'invalid_input', 'never', 'none'],
      ],
    );
    // What comes after each output still knows the items that came in.
    assert.deepEqual(refs(Changed), ['good']);
    assert.deepEqual(refs(Failed), ['unknown', 'bad']);
  });

  await check('the bad order was never asked for', async () => {
    const { requests } = await ask('/requests');
    const asked = (number) => requests.some(({ body }) => new URLSearchParams(body).get('bill_id') === number);
    assert.deepEqual(['100000', '999999', 'no number'].map(asked), [true, true, false]);
  });

  await check('with one output, failed items stay in their places, as error documents', async () => {
    const { JustClick: run, Changed } = await executed(n8n, 'continueRegularOutput');
    const [output] = run;
    assert.deepEqual(
      output.map(({ bill_id, error }) => bill_id ?? error.kind),
      ['100000', 'not_found', 'invalid_input'],
    );
    assert.deepEqual(refs(Changed), ['good', 'unknown', 'bad']);
  });

  await check('without either, the run fails with the first error', async () => {
    await newOrder('100000');
    const error = await n8n.execute('three-stopWorkflow').then(
      () => assert.fail('it succeeded'),
      (error) => error.message,
    );
    assert.match(error, /NodeApiError: JustClick has no such order/);
  });
}

/** The items of each output, by node, once the order is seen to have changed. */
async function executed(n8n, onError) {
  const before = await newOrder('100000').then(() => order('100000'));
  const { status, data } = await n8n.execute(`three-${onError}`);
  assert.equal(status, 'success');
  const { changes, ...now } = await order('100000');
  assert.deepEqual({ status: now.status, date: now.date, rpo: now.rpo }, CHANGED);
  assert.equal(changes.length, before.changes.length + 1, 'it was changed once');
  const runs = Object.entries(data.resultData.runData);
  return Object.fromEntries(
    runs.map(([name, [run]]) => [name, run.data.main.map((items) => items.map(({ json }) => json))]),
  );
}

function refs([items]) {
  return items.map(({ ref }) => ref);
}
