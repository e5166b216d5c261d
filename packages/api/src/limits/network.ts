import { SocketAddress } from 'node:net';

const mappedPrefix = '::ffff:';

/** IPv6 by /64, what one household gets; an IPv4-mapped IPv6 address, however spelt, counts as its IPv4 address. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const canonical = canonicalOf(address);
  if (canonical.startsWith(mappedPrefix) && canonical.includes('.')) return canonical.slice(mappedPrefix.length);
  const [head = '', tail = ''] = canonical.split('::');
  const [front, back] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: canonical.includes('::') ? 8 - front.length - back.length : 0 }, () => '0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

/** RFC 5952's spelling, by the system, which leaves out a zone: only the host itself gives it a meaning. */
const canonicalOf = (address: string) => new SocketAddress({ address, family: 'ipv6' }).address;

/** An IPv4 tail stands for two groups. */
const groupsOf = (part: string) =>
  part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? [group, group] : [group]));
