/**
 * Addresses that are not of the public internet: IANA's registries of special-purpose addresses, and what is given out
 * for something else than hosts. The host in Rust has the same table (host/src/http/special.rs).
 *
 * https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */

import { BlockList, isIPv4, isIPv6 } from 'node:net';

const V4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
  203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;

/** But for what carries an IPv4 address. */
const V6 = `2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20`;

/** All that is given out to hosts lies in here. */
const UNICAST = '2000::/3';

const SPECIAL_V4 = listOf(V4, 'ipv4');
const SPECIAL_V6 = listOf(V6, 'ipv6');
const UNICAST_V6 = listOf(UNICAST, 'ipv6');

/** Whether a host can have this address on the public internet. A text that is no address can not. */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL_V4.check(address, 'ipv4');
  // What comes after a % is the network card.
  const segments = isIPv6(address) && !address.includes('%') ? segmentsOf(address) : undefined;
  return segments !== undefined && isPublicV6(address, segments);
}

/** An address that leads to an IPv4 one is judged by that as well. */
function isPublicV6(address: string, segments: number[]): boolean {
  const carried = (at: number) => isPublic(dotted(segments[at]!, segments[at + 1]!));
  // IPv4-mapped (RFC 4291) and translated by NAT64 (RFC 6052): the IPv4 address and no other.
  if (begins(segments, [0, 0, 0, 0, 0, 0xffff]) || begins(segments, [0x64, 0xff9b, 0, 0, 0, 0])) return carried(6);
  if (!UNICAST_V6.check(address, 'ipv6') || SPECIAL_V6.check(address, 'ipv6')) return false;
  // 6to4 (RFC 3056).
  if (segments[0] === 0x2002 && !carried(1)) return false;
  // ISATAP (RFC 5214): in the interface's half, behind any prefix.
  const isIsatap = [0, 0x200].includes(segments[4]!) && segments[5] === 0x5efe;
  return !isIsatap || carried(6);
}

function listOf(blocks: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const block of blocks.split(/\s+/)) {
    const [network = '', prefix] = block.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/** The eight numbers of an IPv6 address, however it is written: the URL parser writes each in one way. */
function segmentsOf(address: string): number[] {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((digits) => parseInt(digits, 16)));
  if (tail === undefined) return numbers(head);
  const [before, after] = [numbers(head), numbers(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function begins(segments: number[], start: number[]): boolean {
  return start.every((segment, at) => segments[at] === segment);
}
