// The credential, as the editor tests and shows it.

import assert from 'node:assert/strict';
import { check } from '../support.mjs';
import { KEY, LOGIN, SANDBOX } from '../sandbox.mjs';
import { credential } from '../workflows.mjs';

export async function credentials(n8n, line) {
  await check("the credential's test says that the connection works", async () => {
    assert.deepEqual(await tested(n8n, SANDBOX, KEY), { status: 'OK', message: 'Connection successful' });
  });

  await check('it says what is wrong with a wrong key', async () => {
    const { status, message } = await tested(n8n, SANDBOX, 'a wrong key of some length');
    assert.equal(status, 'Error');
    assert.match(message, /Check the login and the API key/);
  });

  await check('it says what is wrong with a malformed address', async () => {
    const { status, message } = await tested(n8n, 'username.justclick.ru', KEY);
    assert.equal(status, 'Error');
    assert.match(message, /^Base URL /);
  });

  await check('it says that a dead service is not reached', async () => {
    const { status, message } = await line.dead('refused', () => tested(n8n, line.url, KEY));
    assert.equal(status, 'Error');
    assert.match(message, /No connection to/);
  });

  await check('a saved credential does not show its key', async () => {
    const saved = await n8n.api('GET', '/credentials/justclick?includeData=true');
    assert.equal(saved.data.login, LOGIN);
    assert.ok(!JSON.stringify(saved).includes(KEY), 'the key is in it');
  });
}

async function tested(n8n, baseUrl, key) {
  const answer = await n8n.api('POST', '/credentials/test', { credentials: credential(baseUrl, LOGIN, key) });
  assert.ok(!answer.message.includes(key), 'the key is in the message');
  return answer;
}
