import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { localized, type Description } from 'plugin-engine';

const schema = { type: 'object' as const, properties: {} };
const DESCRIPTION: Description = {
  contract: 1,
  name: 'shop',
  title: 'Shop',
  version: '1',
  description: 'Sells.',
  connection: { schema, check: 'c', origins: [] },
  actions: [{ name: 'sell', title: 'Sell', description: 'Sells a thing.', inputSchema: schema, outputSchema: schema }],
  i18n: {
    ru: {
      '/title': 'Магазин',
      '/actions/0/title': 'Продать',
      '/name': 'x',
      '/actions/7/title': 'x',
      '/connection/title': 'x',
      title: 'x',
      '': 'x',
    },
    'pt-BR': { '/title': 'Loja' },
  },
};

test('a description is in the language that is asked for, as far as it has it', () => {
  const { description, language } = localized(DESCRIPTION, ['ru-RU']);
  assert.deepEqual([language, description.title, description.actions[0]?.title], ['ru', 'Магазин', 'Продать']);
  assert.equal(description.actions[0]?.description, 'Sells a thing.');
  assert.deepEqual([description.name, 'title' in description.connection], ['shop', false], 'texts alone are others');
  assert.equal(DESCRIPTION.title, 'Shop', 'it is a copy');
});

test('a language is looked up from the longest tag to the shortest, by preference', () => {
  const cases: [string[], string][] = [
    [['ru'], 'ru'],
    [['RU-Cyrl-RU'], 'ru'],
    [['ru-x-old'], 'ru'],
    [['de', 'pt-br'], 'pt-BR'],
    [['pt'], 'en'],
    [['en-GB', 'ru'], 'en'],
    [['*'], 'en'],
    [['', '-', 'é'], 'en'],
    [[], 'en'],
  ];
  for (const [languages, found] of cases)
    assert.equal(localized(DESCRIPTION, languages).language, found, `${languages}`);
  const { i18n: _, ...english } = DESCRIPTION;
  assert.equal(localized(english, ['ru']).language, 'en');
});

test("the shop's triggers have their texts in Russian", () => {
  const text = readFileSync(join(process.env.SHOP_BUNDLE ?? '', 'describe.json'), 'utf8');
  const { description } = localized(JSON.parse(text) as Description, ['ru']);
  assert.equal(description.triggers?.[0]?.title, 'Заказ создан');
});
