import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthField } from 'zapier-platform-core';
import { loadIntegration } from '../zapier';

const { authentication } = loadIntegration('integration.cjs');
const fields = authentication!.fields as AuthField[];

test('the connection asks for what the description names', () => {
  assert.deepEqual(
    fields.map(({ key, label, required }) => [key, label, required]),
    [
      ['login', 'Login', true],
      ['api_key', 'API Key', true],
      ['base_url', 'Base URL', true],
      ['allow_http', 'Allow Plain HTTP', false],
    ],
  );
});

test('the API key is hidden and kept as a secret, and nothing else is', () => {
  const secrets = fields.filter(({ type, isNoSecret }) => type === 'password' || !isNoSecret);
  assert.deepEqual(
    secrets.map(({ key, type, isNoSecret }) => [key, type, isNoSecret]),
    [['api_key', 'password', false]],
  );
  assert.equal(fields.find(({ key }) => key === 'api_key')?.placeholder, undefined);
});

test('a switch has the two values that the plugin reads', () => {
  const allowHttp = fields.find(({ key }) => key === 'allow_http');
  assert.deepEqual([allowHttp?.choices, allowHttp?.default], [{ true: 'Yes', false: 'No' }, 'false']);
});

test('the connection is labelled by login and address', () => {
  assert.equal(authentication!.connectionLabel, '{{bundle.authData.login}} ({{bundle.authData.base_url}})');
});

test('each field of the connection says where more is to be read', () => {
  for (const { key, helpText } of fields) assert.match(helpText ?? '', /\[Help\]\(https:\/\/[^)]+\)$/, key);
});
