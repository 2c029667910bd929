import { rawRequest } from '../requests/browser.js';
import type { SeededRandom } from '../requests/seeded-random.js';
import { type Payload, TEXTS } from './payloads.js';

/** A hostile request of about so many bytes on the wire. `tag` makes it differ from the one before. */
export interface HostileCase {
  readonly name: string;
  readonly make: (bytes: number, random: SeededRandom, tag: string) => Buffer;
}

const HOST = ['Host: shop.example', 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)', 'Accept: */*'];
const FORM = 'application/x-www-form-urlencoded';
/** Fewer than the 1,000 arguments above which the recommended configuration refuses. */
const UNDER_ARGUMENT_LIMIT = 900;

function get(target: string, headers: readonly string[] = []): Buffer {
  return Buffer.from(rawRequest('GET', target, [...HOST, ...headers]), 'latin1');
}

function post(type: string, body: string): Buffer {
  return Buffer.from(rawRequest('POST', '/submit', [...HOST, `Content-Type: ${type}`, `Content-Length: ${body.length}`], body), 'latin1');
}

/** A value for a query or form: what must be encoded is, and the whole is cut to the length on the wire. */
function encoded(text: string, bytes: number): string {
  const whole = text.replace(/[^\w.~!*'()/;:@,$-]/g, (char) =>
    char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return whole.slice(0, bytes).replace(/%.?$/, '');
}

/** A value for a header: bytes that end a line are not in it. */
function headerValue(text: string): string {
  return text.replace(/[\0-\x08\n-\x1f\x7f]/g, '.');
}

function cookieValue(text: string): string {
  return headerValue(text).replace(/;/g, ',');
}

function jsonString(text: string, bytes: number): string {
  const whole = JSON.stringify(text).slice(1, -1).slice(0, bytes);
  return whole.replace(/\\(?:u[0-9a-f]{0,3})?$/, '');
}

/** What can carry a text. */
const CARRIERS: Readonly<Record<string, (text: string, bytes: number, tag: string) => Buffer>> = {
  query: (text, bytes, tag) => get(`/search?t=${tag}&q=${encoded(text, bytes)}`),
  header: (text, _bytes, tag) => get('/', [`X-Note: ${tag}${headerValue(text)}`]),
  'user-agent': (text, _bytes, tag) => get('/', [`User-Agent: ${tag}${headerValue(text)}`]),
  cookie: (text, _bytes, tag) => get('/', [`Cookie: t=${tag}; c=${cookieValue(text)}`]),
  form: (text, bytes, tag) => post(FORM, `t=${tag}&q=${encoded(text, bytes)}`),
  json: (text, bytes, tag) => post('application/json', `{"t":"${tag}","q":"${jsonString(text, bytes)}"}`),
  xml: (text, _bytes, tag) =>
    post('application/xml', `<?xml version="1.0"?><r><t>${tag}</t><q>${text.replace(/[<&\0-\x1f]/g, '.')}</q></r>`),
  multipart: (text, _bytes, tag) =>
    post(
      `multipart/form-data; boundary=b${tag}b`,
      `--b${tag}b\r\nContent-Disposition: form-data; name="q"\r\n\r\n${text}\r\n--b${tag}b--\r\n`,
    ),
};

const texts: HostileCase[] = Object.entries(CARRIERS).flatMap(([carrier, carry]) =>
  TEXTS.map(({ name, make }: Payload) => ({
    name: `${carrier} ${name}`,
    make: (bytes, random, tag) => carry(make(bytes, random), bytes, tag),
  })),
);

/** `unit` as often as it fits. */
function filled(bytes: number, unit: (index: number) => string): string {
  let text = '';
  for (let index = 0; text.length < bytes; index++) text += unit(index);
  return text;
}

/** Exactly `count` pieces of equal size that make up the bytes. */
function divided(bytes: number, count: number, piece: (index: number, value: string) => string): string[] {
  const value = Math.max(1, Math.floor(bytes / count) - 8);
  return Array.from({ length: count }, (_, index) => piece(index, 'v'.repeat(value)));
}

const NESTING = 40;
const nestedJson = '{"a":'.repeat(NESTING) + '"x"' + '}'.repeat(NESTING);
const nestedXml = '<a b="c">'.repeat(NESTING) + 'x' + '</a>'.repeat(NESTING);

const structures: HostileCase[] = [
  { name: 'query thousands-of-parameters', make: (bytes, _r, tag) => get(`/?t=${tag}${filled(bytes, () => '&a=b')}`) },
  {
    name: 'query 900-parameters',
    make: (bytes, _r, tag) => get(`/?t=${tag}&${divided(bytes, UNDER_ARGUMENT_LIMIT, (n, value) => `p${n}=${value}`).join('&')}`),
  },
  { name: 'cookie thousands-of-cookies', make: (bytes, _r, tag) => get('/', [`Cookie: t=${tag}${filled(bytes, (n) => `; c${n}=b`)}`]) },
  {
    name: 'header 150-headers',
    make: (bytes, _r, tag) =>
      get(
        '/',
        divided(bytes, 150, (n, value) => `X-H${n}: ${tag}${value}`),
      ),
  },
  { name: 'form thousands-of-parameters', make: (bytes, _r, tag) => post(FORM, `t=${tag}${filled(bytes, () => '&a=b')}`) },
  {
    name: 'form 900-parameters',
    make: (bytes, _r, tag) => post(FORM, `t=${tag}&${divided(bytes, UNDER_ARGUMENT_LIMIT, (n, value) => `p${n}=${value}`).join('&')}`),
  },
  { name: 'form ampersands', make: (bytes, _r, tag) => post(FORM, `t=${tag}${'&'.repeat(bytes)}`) },
  { name: 'json nested', make: (bytes, _r, tag) => post('application/json', `["${tag}"${filled(bytes, () => `,${nestedJson}`)}]`) },
  { name: 'json deep', make: (bytes, _r, tag) => post('application/json', `["${tag}",${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}]`) },
  {
    name: 'json thousands-of-members',
    make: (bytes, _r, tag) => post('application/json', `{"t":"${tag}"${filled(bytes, (n) => `,"m${n}":1`)}}`),
  },
  {
    name: 'json 900-members',
    make: (bytes, _r, tag) =>
      post('application/json', `{"t":"${tag}",${divided(bytes, UNDER_ARGUMENT_LIMIT, (n, value) => `"m${n}":"${value}"`).join(',')}}`),
  },
  { name: 'xml nested', make: (bytes, _r, tag) => post('application/xml', `<r t="${tag}">${filled(bytes, () => nestedXml)}</r>`) },
  {
    name: 'xml deep',
    make: (bytes, _r, tag) => post('application/xml', `<r t="${tag}">${'<a>'.repeat(bytes / 7)}${'</a>'.repeat(bytes / 7)}</r>`),
  },
  {
    name: 'multipart many-parts',
    make: (bytes, _r, tag) =>
      post(
        `multipart/form-data; boundary=b${tag}b`,
        `${filled(bytes, (n) => `--b${tag}b\r\nContent-Disposition: form-data; name="p${n}"\r\n\r\nv\r\n`)}--b${tag}b--\r\n`,
      ),
  },
];

/** Every hostile text in every place, and structures. */
export const HOSTILE_CASES: readonly HostileCase[] = [...texts, ...structures];
