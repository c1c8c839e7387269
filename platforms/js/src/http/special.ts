/**
 * Addresses that are not of the public internet: IANA's registries of special-purpose addresses, and what is given out
 * for something else than hosts. All hosts have this table, and try it with tests/vectors/special-addresses.json.
 *
 * https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */

import { addressOf, blockOf, isIn, type Address, type Block } from './address';

const V4 = blocks(`0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
  203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`);

/** All that is given out to hosts lies in here. */
const UNICAST = blocks('2000::/3');

/** And this of it is not; but for what carries an IPv4 address. */
const V6 = blocks('2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20');

/** Whether a host can have this address on the public internet. A text that is no address can not. */
export function isPublic(text: string): boolean {
  const address = addressOf(text);
  if (!address) return false;
  return address.family === 4 ? !isAmong(address, V4) : isPublicV6(address);
}

/** An address that leads to an IPv4 one is judged by that as well. */
function isPublicV6(address: Address): boolean {
  const { segments } = address;
  const carried = (at: number) => !isAmong({ family: 4, segments: segments.slice(at, at + 2) }, V4);
  // IPv4-mapped (RFC 4291) and translated by NAT64 (RFC 6052): the IPv4 address and no other.
  if (begins(segments, [0, 0, 0, 0, 0, 0xffff]) || begins(segments, [0x64, 0xff9b, 0, 0, 0, 0])) return carried(6);
  if (!isAmong(address, UNICAST) || isAmong(address, V6)) return false;
  // 6to4 (RFC 3056).
  if (segments[0] === 0x2002 && !carried(1)) return false;
  // ISATAP (RFC 5214): in the interface's half, behind any prefix.
  const isIsatap = [0, 0x200].includes(segments[4]!) && segments[5] === 0x5efe;
  return !isIsatap || carried(6);
}

function blocks(texts: string): Block[] {
  return texts.split(/\s+/).map((text) => blockOf(text)!);
}

function isAmong(address: Address, list: Block[]): boolean {
  return list.some((block) => isIn(address, block));
}

function begins(segments: number[], start: number[]): boolean {
  return start.every((segment, at) => segments[at] === segment);
}
