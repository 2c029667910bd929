import type { SeededRandom } from '../perf/requests/seeded-random.js';
import { percentEncoded } from './injection-cases.js';
import type { VerdictCase } from './verdict-case.js';

/** Pieces that mutations put in: what injections are made of, and what trips decoders. */
const PIECES = [
  "'",
  '"',
  '<',
  '>',
  '--',
  '/*',
  '*/',
  ';',
  '|',
  '`',
  '$(',
  '../',
  '%00',
  '%0a',
  '%u0041',
  '\\u003c',
  '&#x3c;',
  ' or 1=1',
  ' union select ',
  '<script>',
  'javascript:',
  'onerror=',
  '{{7*7}}',
  '${jndi:ldap://x}',
  'cat /etc/passwd',
  'php://input',
  'sleep(5)',
  '\xec\x95\x88',
  'AAAA',
  '0x41',
] as const;

const MUTATIONS: readonly ((text: string, random: SeededRandom) => string)[] = [
  (text, random) => insertedAt(text, random.integer(0, text.length), PIECES[random.integer(0, PIECES.length - 1)]!),
  (text, random) => insertedAt(text, random.integer(0, text.length), String.fromCharCode(random.integer(0x21, 0x7e))),
  (text, random) => insertedAt(text, random.integer(0, text.length), `%${random.hex(2)}`),
  (text, random) => cut(text, random),
  (text, random) => swapped(text, random.integer(0, text.length - 2)),
  (text, random) => insertedAt(text, random.integer(0, text.length), text.slice(0, random.integer(1, 20))),
  (text, random) => (random.next() < 0.5 ? text.toUpperCase() : text.toLowerCase()),
  (text) => text.replaceAll(/%[0-9a-f]{2}/gi, (escape) => `%25${escape.slice(1)}`),
];

/**
 * Requests with one to three random changes in the query, or else in the body of a form. Heads stay well formed: what is put in there is
 * percent-encoded, and lengths are stated anew.
 */
export function mutatedCases(of: readonly VerdictCase[], count: number, random: SeededRandom): VerdictCase[] {
  const cases: VerdictCase[] = [];
  // Not every request can be changed, so more are tried than are wanted.
  for (let tries = 0; cases.length < count && tries < count * 20; tries++) {
    const original = of[random.integer(0, of.length - 1)]!;
    const bytes = mutated(original.bytes.toString('latin1'), random);
    if (bytes !== null) cases.push({ source: 'mutation', name: `${cases.length} of ${original.source} ${original.name}`, bytes });
  }
  return cases;
}

function mutated(text: string, random: SeededRandom): Buffer | null {
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end);
  const query = /^(\S+ [^ ?]*\?)(\S+)( HTTP)/.exec(head);
  if (query) {
    const changed = changedBy(query[2]!, random);
    return Buffer.from(query[1]! + percentKept(changed) + query[3]! + head.slice(query[0].length) + text.slice(end), 'latin1');
  }
  if (!/^content-type: *application\/x-www-form-urlencoded/im.test(head) || !/^content-length:/im.test(head)) return null;
  const body = changedBy(text.slice(end + 4), random);
  return Buffer.from(`${head.replace(/^content-length:.*$/im, `Content-Length: ${body.length}`)}\r\n\r\n${body}`, 'latin1');
}

function changedBy(text: string, random: SeededRandom): string {
  let changed = text;
  for (let count = random.integer(1, 3); count > 0; count--) changed = MUTATIONS[random.integer(0, MUTATIONS.length - 1)]!(changed, random);
  return changed;
}

/** A target keeps its own escapes and delimiters; bytes that may not stand in one are encoded. */
function percentKept(text: string): string {
  return text.replace(/[^\x21-\x7e]|["<>\\^`{|}#]/g, percentEncoded);
}

function insertedAt(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

function swapped(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}

function cut(text: string, random: SeededRandom): string {
  const at = random.integer(0, text.length);
  return text.slice(0, at) + text.slice(at + random.integer(1, 8));
}
