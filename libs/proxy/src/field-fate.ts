/** What becomes of a field on its way to the origin. */
export type Fate = 'keep' | 'drop' | 'forwarded-for' | 'forwarded-proto' | 'forwarded-host' | 'forwarded' | 'untrusted-only';

/** Every field that the proxy itself looks at; all others are kept. */
const FATES: Readonly<Record<string, Fate>> = {
  host: 'drop',
  te: 'drop',
  expect: 'drop',
  trailer: 'drop',
  upgrade: 'drop',
  connection: 'drop',
  'keep-alive': 'drop',
  'content-length': 'drop',
  'http2-settings': 'drop',
  'proxy-connection': 'drop',
  'transfer-encoding': 'drop',
  'x-forwarded-for': 'forwarded-for',
  'x-forwarded-proto': 'forwarded-proto',
  'x-forwarded-host': 'forwarded-host',
  forwarded: 'forwarded',
  'x-forwarded-port': 'untrusted-only',
  'x-forwarded-server': 'untrusted-only',
  'x-real-ip': 'untrusted-only',
  'sec-websocket-key': 'keep',
  'sec-websocket-version': 'keep',
};
const FATE_BY_NAME = new Map<string, Fate>(Object.entries(FATES));
/** Which first letters (five low bits) names of a length begin with: most fields need no further look. */
const INITIALS = new Uint32Array(32);
for (const name of FATE_BY_NAME.keys()) INITIALS[name.length] = (INITIALS[name.length] ?? 0) | (1 << (name.charCodeAt(0) & 31));

/** False for a name that the proxy surely doesn't look at, told by its length and the code of its first character. */
export function mayHaveFate(length: number, firstCode: number): boolean {
  return (((INITIALS[length] ?? 0) >> (firstCode & 31)) & 1) !== 0;
}

/** CGI-like origins read `X_Forwarded_For` as `X-Forwarded-For`, so both spellings share a fate. */
export function fateOf(name: string): Fate {
  if (!mayHaveFate(name.length, name.charCodeAt(0))) return 'keep';
  // As browsers write them: told without making another string.
  if (name === 'Host' || name === 'Connection' || name === 'Content-Length') return 'drop';
  return FATE_BY_NAME.get(name.toLowerCase().replaceAll('_', '-')) ?? 'keep';
}
