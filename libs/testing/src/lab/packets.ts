import { isIPv6 } from 'node:net';

/** Internet checksum over bytes. @see RFC 1071 */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  if (bytes.length % 2 === 1) sum += bytes[bytes.length - 1]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** Bytes of an address: 4 or 16. An IPv4 tail in an IPv6 address is not understood. */
export function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const left = groups(head);
  const right = groups(tail);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Source and destination of a packet. */
export interface Ends {
  readonly source: string;
  readonly target: string;
}

/** Checksum over the addresses and the segment. @see RFC 9293 3.1, RFC 8200 8.1 */
function transportChecksum({ source, target }: Ends, protocol: number, segment: Buffer): number {
  const tail = isIPv6(source) ? Buffer.alloc(8) : Buffer.alloc(4);
  if (tail.length === 8) {
    tail.writeUInt32BE(segment.length, 0);
    tail[7] = protocol;
  } else {
    tail[1] = protocol;
    tail.writeUInt16BE(segment.length, 2);
  }
  return checksum(Buffer.concat([addressBytes(source), addressBytes(target), tail, segment]));
}

/** An Ethernet frame. `type` follows the payload's first nibble (IPv4 or IPv6) unless given. `mac` addresses. */
export function ethernet({ source, target, type }: Ends & { readonly type?: number }, payload: Buffer): Buffer {
  const head = Buffer.alloc(14);
  macBytes(target).copy(head, 0);
  macBytes(source).copy(head, 6);
  head.writeUInt16BE(type ?? (payload[0]! >>> 4 === 6 ? 0x86dd : 0x0800), 12);
  return Buffer.concat([head, payload]);
}

export interface Ipv4Fields extends Ends {
  readonly protocol: number;
  readonly ttl?: number;
  readonly id?: number;
  /** Place of the payload in the whole, in bytes (a multiple of 8). */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  readonly dontFragment?: boolean;
  /** Multiple of four bytes. */
  readonly options?: Buffer;
  /** What the header claims, where it shall not be the truth. */
  readonly totalLength?: number;
}

/** An IPv4 packet. @see RFC 791 3.1 */
export function ipv4(fields: Ipv4Fields, payload: Buffer): Buffer {
  const options = fields.options ?? Buffer.alloc(0);
  const head = Buffer.alloc(20 + options.length);
  head[0] = 0x40 | (head.length / 4);
  head.writeUInt16BE(fields.totalLength ?? head.length + payload.length, 2);
  head.writeUInt16BE(fields.id ?? 1, 4);
  const flags = (fields.dontFragment ? 0x4000 : 0) | (fields.moreFragments ? 0x2000 : 0);
  head.writeUInt16BE(flags | ((fields.fragmentOffset ?? 0) >>> 3), 6);
  head[8] = fields.ttl ?? 64;
  head[9] = fields.protocol;
  addressBytes(fields.source).copy(head, 12);
  addressBytes(fields.target).copy(head, 16);
  options.copy(head, 20);
  head.writeUInt16BE(checksum(head), 10);
  return Buffer.concat([head, payload]);
}

/** An IPv6 packet. @see RFC 8200 3 */
export function ipv6(fields: Ends & { readonly nextHeader: number; readonly hopLimit?: number }, payload: Buffer): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(payload.length, 4);
  head[6] = fields.nextHeader;
  head[7] = fields.hopLimit ?? 64;
  addressBytes(fields.source).copy(head, 8);
  addressBytes(fields.target).copy(head, 24);
  return Buffer.concat([head, payload]);
}

/** Next-header value of an IPv6 fragment header. */
export const IPV6_FRAGMENT = 44;

/** An IPv6 fragment header with its part. @see RFC 8200 4.5 */
export function ipv6Fragment(
  fields: { readonly nextHeader: number; readonly id: number; readonly offset: number; readonly moreFragments: boolean },
  part: Buffer,
): Buffer {
  const head = Buffer.alloc(8);
  head[0] = fields.nextHeader;
  head.writeUInt16BE((fields.offset & 0xfff8) | (fields.moreFragments ? 1 : 0), 2);
  head.writeUInt32BE(fields.id, 4);
  return Buffer.concat([head, part]);
}

const TCP_FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;
export type TcpFlag = keyof typeof TCP_FLAGS;

export interface TcpFields extends Ends {
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly flags: readonly TcpFlag[];
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly window?: number;
  readonly urgent?: number;
}

/** A TCP segment (protocol 6) for a packet between these addresses. @see RFC 9293 3.1 */
export function tcp(fields: TcpFields, data: Buffer = Buffer.alloc(0)): Buffer {
  const segment = Buffer.concat([Buffer.alloc(20), data]);
  segment.writeUInt16BE(fields.sourcePort, 0);
  segment.writeUInt16BE(fields.targetPort, 2);
  segment.writeUInt32BE(fields.sequence ?? 1000, 4);
  segment.writeUInt32BE(fields.acknowledgement ?? 0, 8);
  segment[12] = 5 << 4;
  segment[13] = fields.flags.reduce((bits, flag) => bits | TCP_FLAGS[flag], 0);
  segment.writeUInt16BE(fields.window ?? 64_240, 14);
  segment.writeUInt16BE(fields.urgent ?? 0, 18);
  segment.writeUInt16BE(transportChecksum(fields, 6, segment), 16);
  return segment;
}

/** A UDP datagram (protocol 17). @see RFC 768 */
export function udp(fields: Ends & { readonly sourcePort: number; readonly targetPort: number }, data: Buffer): Buffer {
  const datagram = Buffer.concat([Buffer.alloc(8), data]);
  datagram.writeUInt16BE(fields.sourcePort, 0);
  datagram.writeUInt16BE(fields.targetPort, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  // Zero would say that there is none.
  datagram.writeUInt16BE(transportChecksum(fields, 17, datagram) || 0xffff, 6);
  return datagram;
}

/** An ICMP message (protocol 1). Type 8 is an echo request; `rest` is the second word of the header. @see RFC 792 */
export function icmp(fields: { readonly type: number; readonly code?: number; readonly rest?: number }, data: Buffer): Buffer {
  const message = Buffer.concat([Buffer.alloc(8), data]);
  message[0] = fields.type;
  message[1] = fields.code ?? 0;
  message.writeUInt32BE(fields.rest ?? 0, 4);
  message.writeUInt16BE(checksum(message), 2);
  return message;
}

/** An ICMPv6 message (next header 58). Type 128 is an echo request. @see RFC 4443 2.1 */
export function icmpv6(fields: Ends & { readonly type: number; readonly code?: number; readonly rest?: number }, data: Buffer): Buffer {
  const message = Buffer.concat([Buffer.alloc(8), data]);
  message[0] = fields.type;
  message[1] = fields.code ?? 0;
  message.writeUInt32BE(fields.rest ?? 0, 4);
  message.writeUInt16BE(transportChecksum(fields, 58, message), 2);
  return message;
}

/** Cuts the payload of an IPv4 packet into fragments of so many bytes (a multiple of 8) each. */
export function ipv4Fragments(fields: Omit<Ipv4Fields, 'fragmentOffset' | 'moreFragments'>, payload: Buffer, bytes: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < payload.length; offset += bytes)
    parts.push(
      ipv4({ ...fields, fragmentOffset: offset, moreFragments: offset + bytes < payload.length }, payload.subarray(offset, offset + bytes)),
    );
  return parts;
}
