import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../perf/requests/seeded-random.js';
import { request, type VerdictCase } from './verdict-case.js';

/** Corpora, whether their lines are URL-encoded, and how many lines of each are taken. */
const CORPORA = [
  { name: 'sqli', isEncoded: true, lines: 250 },
  { name: 'xss', isEncoded: false, lines: 180 },
  { name: 'benign', isEncoded: true, lines: 70 },
] as const;

const FORM = 'Content-Type: application/x-www-form-urlencoded';

/** What carries a text (bytes as latin1) to the engines. */
const PLACES: readonly [string, (text: string) => Buffer][] = [
  ['query', (text) => request('GET', `/search?page=2&q=${percentEncoded(text)}`)],
  ['form', (text) => request('POST', '/comments', [FORM], `name=Minji&text=${percentEncoded(text)}`)],
  ['json', (text) => request('POST', '/api/comments', ['Content-Type: application/json'], `{"name":"Minji","text":${jsonText(text)}}`)],
  ['cookie', (text) => request('GET', '/cart', [`Cookie: theme=light; note=${headerText(text).replaceAll(';', '%3B')}`])],
  ['header', (text) => request('GET', '/', [`Referer: ${headerText(text)}`])],
];

/** Lines of the injection corpora, drawn at random, each in one of the places. */
export function injectionCases(folder: string, random: SeededRandom): VerdictCase[] {
  return CORPORA.flatMap(({ name, isEncoded, lines }) => {
    const all = readFileSync(join(folder, `${name}.txt`), 'latin1')
      .split('\n')
      .filter(Boolean);
    const drawn = Array.from({ length: lines }, () => all.splice(random.integer(0, all.length - 1), 1)[0]!);
    return drawn.map((line, index) => {
      const [place, carry] = PLACES[index % PLACES.length]!;
      return { source: 'injection', name: `${name} ${place} ${line.slice(0, 60)}`, bytes: carry(isEncoded ? formDecoded(line) : line) };
    });
  });
}

function formDecoded(line: string): string {
  return line.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** For bytes, as `encodeURIComponent` does it for characters. */
export function percentEncoded(text: string): string {
  return text.replace(/[^\w.~!*'()-]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** A JSON string of bytes that are UTF-8; what is not becomes U+FFFD. */
function jsonText(text: string): string {
  return Buffer.from(JSON.stringify(Buffer.from(text, 'latin1').toString('utf8')), 'utf8').toString('latin1');
}

/** Without the bytes that no header may hold, and the blanks that a parser trims. */
function headerText(text: string): string {
  return text.replace(/[\0-\x1f\x7f]/g, ' ').trim();
}
