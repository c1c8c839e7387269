// A service that is dead, in a server that goes on.

import assert from 'node:assert/strict';
import { check } from '../support.mjs';
import { ask, newOrder, order } from '../sandbox.mjs';

const ITEM = { items: [{ number: '200001', status: 'cancel' }] };

export async function faults(n8n, line) {
  await newOrder('200001');

  await check('a service that refuses connections gives a readable error at once', async () => {
    const { error, ms } = await line.dead('refused', () => failed(n8n));
    assert.match(error.message, /^No connection to .* Check the base URL and the network, or try again later\.$/);
    assert.match(error.description, /Max Retry Wait/);
    assert.ok(ms < 20_000, `it took ${ms} ms`);
    return `${ms} ms`;
  });
  await check('and the next execution works', () => works(n8n));

  await check('a service that accepts connections and says nothing gives a readable error in time', async () => {
    const { error, ms } = await line.dead('silent', () => failed(n8n));
    assert.match(error.message, /did not answer in time/);
    assert.ok(ms < 60_000, `it took ${ms} ms`);
    return `${(ms / 1000).toFixed(1)} s`;
  });
  await check('and the next execution works', () => works(n8n));

  await check('an execution that is stopped ends, though the service says nothing', async () => {
    await line.dead('silent', async () => {
      const answer = n8n.webhook('one', ITEM);
      const running = await n8n.executionUnderWay('one');
      await n8n.api('POST', `/executions/${running.id}/stop`);
      await answer;
      assert.equal((await n8n.newestExecution('one')).status, 'canceled');
    });
  });
  await check('and the next execution works', () => works(n8n));

  await check('the HTTP status of an error page is with the error', async () => {
    const { error } = await misbehaving('http-503', () => failed(n8n));
    assert.equal(error.httpCode, '503');
    assert.match(error.message, /HTTP 503/);
  });

  await check('a service that wants fewer requests says when it takes them again', async () => {
    const { error } = await misbehaving('http-429', () => failed(n8n));
    assert.equal(error.httpCode, '429');
    assert.match(error.description, /in 7 s/);
  });

  await check(
    'an item that came too early is sent again when the service asks for it, and the other once',
    async () => {
      for (const number of ['200001', '200002']) await newOrder(number);
      const before = (await order('200002')).changes.length;
      await ask('/orders/200001', { misbehaviour: 'http-429' });
      setTimeout(() => ask('/orders/200001', { misbehaviour: null }), 3000);
      const began = Date.now();
      const items = ['200001', '200002'].map((number) => ({ number, status: 'cancel' }));
      const answer = await n8n.webhook('patient', { items });
      const ms = Date.now() - began;
      assert.equal(answer.status, 200);
      assert.ok(ms >= 7000 && ms < 20_000, `${ms} ms`);
      assert.equal((await order('200001')).status, 'cancel');
      assert.equal((await order('200002')).changes.length, before + 1);
      return `${(ms / 1000).toFixed(1)} s`;
    },
  );

  await check('a forged reply is no success', async () => {
    const { error } = await misbehaving('forged-hash', () => failed(n8n));
    assert.match(error.message, /its hash is wrong/);
  });

  await check('several wrong fields are told at once, by the names in the form', async () => {
    const { error } = await failed(n8n, { items: [{ number: '-1', status: 'posted' }] });
    assert.match(error.message, /^Order Number .* \(and 1 more\)$/);
    assert.match(error.description, /^Order Number .*\nStatus /);
    assert.equal(error.name, 'NodeOperationError');
    assert.equal(error.context.itemIndex, 0);
  });
}

/** The error of the execution, as n8n keeps it and its editor shows it. */
async function failed(n8n, items = ITEM) {
  const began = Date.now();
  const answer = await n8n.webhook('one', items);
  const ms = Date.now() - began;
  assert.equal(answer.status, 500, 'the webhook answers that the workflow failed');
  const { status, data } = await n8n.newestExecution('one');
  assert.equal(status, 'error');
  return { error: data.resultData.error, ms };
}

async function works(n8n) {
  await newOrder('200001');
  const answer = await n8n.webhook('one', ITEM);
  assert.equal(answer.status, 200);
  assert.equal((await order('200001')).status, 'cancel');
}

async function misbehaving(misbehaviour, during) {
  await ask('/misbehaviour', { misbehaviour });
  try {
    return await during();
  } finally {
    await ask('/misbehaviour', { misbehaviour: null });
  }
}
