// What packages are called and shown as.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

// What builds packages is no part of them.
const loaded: Promise<any> = import(pathToFileURL(join(process.cwd(), 'build/listing.mjs')).href);

test('a class is called by the title, as stored workflows know it', async () => {
  const { className } = await loaded;
  const titles = {
    JustClick: 'JustClick',
    'Google Sheets': 'GoogleSheets',
    'my shop-2': 'MyShop2',
    '1C': 'Odin',
    Магазин: 'Odin',
  };
  for (const [title, expected] of Object.entries(titles)) assert.equal(className({ name: 'odin', title }), expected);
});

test('pictures are those of the description, else of the bundle, else letters', async () => {
  const { iconsOf } = await loaded;
  const letters = iconsOf({ title: 'A & B' }, {});
  assert.match(letters.light, />A</);
  assert.notEqual(letters.light, letters.dark);
  const files = { 'icon.svg': '<svg id="file"/>', 'icon.dark.svg': '<svg id="dark"/>' };
  assert.deepEqual(iconsOf({ title: 'Shop' }, files), { light: '<svg id="file"/>', dark: '<svg id="dark"/>' });
  const icons = [
    { src: 'https://shop.example/icon.png' },
    { src: `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`, mimeType: 'image/svg+xml' },
    { src: 'data:image/svg+xml,%3Csvg%20id=%22d%22/%3E', theme: 'dark' },
  ];
  assert.deepEqual(iconsOf({ title: 'Shop', icons }, files), { light: '<svg/>', dark: '<svg id="d"/>' });
});

test('who publishes is whom the bundle names, and nobody else', async () => {
  const { publisherOf } = await loaded;
  assert.deepEqual(publisherOf({ name: 'shop' }, {}, { ofItsOwn: true }), { license: 'UNLICENSED' });
  const own = {
    author: { name: 'A' },
    license: 'BSD-3-Clause',
    repository: 'https://a.example/r',
    bugs: 'https://a.example/b',
  };
  const said = (more: object, options?: object) =>
    publisherOf({ name: 'shop' }, { 'publisher.json': JSON.stringify({ ...own, ...more }) }, options);
  const expected = {
    author: own.author,
    license: own.license,
    repository: { type: 'git', url: 'git+https://a.example/r.git' },
    bugs: { url: own.bugs },
  };
  assert.deepEqual(said({}), expected);
  assert.deepEqual(said({}, { ofItsOwn: true }), expected);
  const n8nRepository = 'https://a.example/n8n-{name}';
  assert.deepEqual(said({ n8nRepository }), expected);
  assert.deepEqual(said({ n8nRepository }, { ofItsOwn: true }), {
    ...expected,
    repository: { type: 'git', url: 'git+https://a.example/n8n-shop.git' },
    bugs: { url: 'https://a.example/n8n-shop/issues' },
  });
});
