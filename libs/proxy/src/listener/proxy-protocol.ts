import type { Endpoint } from '../gate.js';
import { normalAddress } from '../networks.js';

/** What the start of a connection says. `client` is null for health checks of the sender itself (LOCAL, UNKNOWN). */
export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'done'; readonly length: number; readonly client: Endpoint | null };

const INCOMPLETE: ProxyHeader = { kind: 'incomplete' };
const INVALID: ProxyHeader = { kind: 'invalid' };
const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1_SIGNATURE = Buffer.from('PROXY ', 'latin1');
/** "107 characters" with the terminating zero (PROXY protocol 2.1). */
const V1_MAX_BYTES = 107;
/** The format allows 65,535 bytes of TLVs; nobody sends more than a few hundred. */
const V2_MAX_BYTES = 4096;

/**
 * Reads a PROXY protocol header, version 1 or 2, at the start of `bytes`.
 * @see https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, V2_SIGNATURE)) return bytes.length < 16 ? INCOMPLETE : parseV2(bytes);
  if (startsLike(bytes, V1_SIGNATURE)) return parseV1(bytes);
  return INVALID;
}

/** Whether the bytes, as far as they have come, agree with the signature. */
function startsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.subarray(0, length).equals(signature.subarray(0, length));
}

function parseV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n');
  if (end === -1) return bytes.length >= V1_MAX_BYTES ? INVALID : INCOMPLETE;
  const [, family, source, destination, sourcePort, destinationPort, ...surplus] = bytes.toString('latin1', 0, end).split(' ');
  if (family === 'UNKNOWN') return { kind: 'done', length: end + 2, client: null };
  const client = endpoint(source, sourcePort, family);
  if (client === null || endpoint(destination, destinationPort, family) === null || surplus.length > 0) return INVALID;
  return { kind: 'done', length: end + 2, client };
}

function endpoint(address = '', port = '', family = ''): Endpoint | null {
  const isRightFamily = (family === 'TCP4' && !address.includes(':')) || (family === 'TCP6' && address.includes(':'));
  const normal = normalAddress(address);
  if (!isRightFamily || normal === '' || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return null;
  return { address: normal, port: Number(port) };
}

function parseV2(bytes: Buffer): ProxyHeader {
  const versionAndCommand = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const length = 16 + bytes.readUInt16BE(14);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2 || command > 1 || length > V2_MAX_BYTES) return INVALID;
  if (bytes.length < length) return INCOMPLETE;
  if (command === 0) return { kind: 'done', length, client: null };
  if (family === 0x11) {
    if (length < 28) return INVALID;
    return { kind: 'done', length, client: { address: Array.from(bytes.subarray(16, 20)).join('.'), port: bytes.readUInt16BE(24) } };
  }
  if (family === 0x21) {
    if (length < 52) return INVALID;
    const groups = [0, 1, 2, 3, 4, 5, 6, 7].map((group) => bytes.readUInt16BE(16 + group * 2).toString(16));
    return { kind: 'done', length, client: { address: normalAddress(groups.join(':')), port: bytes.readUInt16BE(48) } };
  }
  // Other families carry no address that could be a source here: the connection stands for the sender.
  return { kind: 'done', length, client: null };
}
