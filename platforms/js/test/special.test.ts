import assert from 'node:assert/strict';
import { test } from 'node:test';
import table from '../../../tests/vectors/special-addresses.json';
import { addressOf, blockOf, isIn } from '../src/http/address';
import { isPublic } from '../src/http/special';

/** The first and the last address of a block. */
function ends(text: string): string[] {
  const { family, segments, prefix } = blockOf(text)!;
  const last = segments.map((segment, at) => {
    const bits = Math.min(Math.max(prefix - at * 16, 0), 16);
    return segment | (0xffff >> bits);
  });
  return [segments, last].map((each) =>
    family === 6
      ? each.map((segment) => segment.toString(16)).join(':')
      : each.flatMap((segment) => [segment >> 8, segment & 0xff]).join('.'),
  );
}

/** An IPv4 address, and the IPv6 addresses that lead to it. */
function carrying(address: string): string[] {
  if (address.includes(':')) return [address];
  const hex = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return [
    address,
    `::ffff:${address}`,
    `64:ff9b::${address}`,
    `::${address}`,
    `2002:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}::1`,
    `2a00:1450::5efe:${address}`,
    `2a00:1450::200:5efe:${address}`,
  ];
}

test('no address of a row of the table of all hosts is public, and none that leads there', () => {
  for (const { block } of table.blocks) {
    for (const address of ends(block).flatMap(carrying)) assert.ok(!isPublic(address), `${address} of ${block}`);
  }
  for (const address of [...table.not_public, 'fe80::1%eth0', 'shop.example', '']) {
    assert.ok(!isPublic(address), address);
  }
});

test('what lies just outside a row is public', () => {
  for (const address of table.public) assert.ok(isPublic(address), address);
});

test('an address is read however it is written, and what is none is none', () => {
  assert.deepEqual(addressOf('::FFFF:1.2.3.4'), addressOf('0:0:0:0:0:ffff:102:304'));
  assert.deepEqual(addressOf('1::8'), { family: 6, segments: [1, 0, 0, 0, 0, 0, 0, 8] });
  assert.deepEqual(addressOf('255.0.1.2'), { family: 4, segments: [0xff00, 0x102] });
  for (const text of [
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':',
    '1:2',
    ':::',
    '::1]',
    '::1/8',
    'a.b',
    '0x7f.1',
  ]) {
    assert.equal(addressOf(text), null, text);
  }
});

test('a block holds the addresses that begin as it does', () => {
  const holds = (block: string, address: string) => isIn(addressOf(address)!, blockOf(block)!);
  assert.ok(holds('10.0.0.0/8', '10.255.0.1') && !holds('10.0.0.0/8', '11.0.0.0') && !holds('10.0.0.0/8', '::a00:1'));
  assert.ok(holds('::/0', 'ffff::') && holds('2001:db8::/33', '2001:db8:7fff::') && holds('1.2.3.4', '1.2.3.4'));
  assert.ok(!holds('2001:db8::/33', '2001:db8:8000::') && !holds('1.2.3.4/32', '1.2.3.5'));
  for (const text of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', '/8', '::/129'])
    assert.equal(blockOf(text), null, text);
});
