/** Addresses of the internet protocol as numbers: without Node.js, whose module for it browsers do not have. */

/** Of 4: two numbers of 16 bits; of 6: eight. */
export interface Address {
  family: 4 | 6;
  segments: number[];
}

export interface Block extends Address {
  prefix: number;
}

/** The address that a text is; null for a name, and for an address that says through which network card. */
export function addressOf(text: string): Address | null {
  const octets = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? text.split('.') : [];
  if (octets.length === 4) {
    const [a, b, c, d] = octets.map(Number) as [number, number, number, number];
    // With a zero in front some would read it as an octal number.
    if (octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith('0')))) return null;
    return { family: 4, segments: [a * 256 + b, c * 256 + d] };
  }
  const isSix = /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]`);
  return isSix ? { family: 6, segments: segmentsOf(new URL(`http://[${text}]`).hostname.slice(1, -1)) } : null;
}

/** `10.0.0.0/8`; an address alone is a block of one. Null for what is none. */
export function blockOf(text: string): Block | null {
  const [network = '', digits] = text.split('/');
  const address = addressOf(network);
  if (!address) return null;
  const bits = address.segments.length * 16;
  const prefix = digits === undefined ? bits : Number(digits);
  return /^\d*$/.test(digits ?? '') && digits !== '' && prefix <= bits ? { ...address, prefix } : null;
}

export function isIn({ family, segments }: Address, block: Block): boolean {
  return (
    family === block.family &&
    segments.every((segment, at) => {
      const bits = Math.min(Math.max(block.prefix - at * 16, 0), 16);
      const mask = (0xffff << (16 - bits)) & 0xffff;
      return (segment & mask) === (block.segments[at]! & mask);
    })
  );
}

/** An address without the brackets that an IPv6 one has in a URL. */
export function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** Of an IPv6 address as the URL parser writes it: always in the same way. */
function segmentsOf(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((digits) => parseInt(digits, 16)));
  if (tail === undefined) return numbers(head);
  const [before, after] = [numbers(head), numbers(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
