import type { Random } from './random.js';

/** What parsers stumble over, put in anywhere. */
const TOKENS = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\0',
    ' ',
    '\t',
    '\x0b',
    ':',
    ';',
    ',',
    '0',
    '-',
    '+',
    '0x',
    '\x7f',
    '\x85',
    '\xa0',
    '\xff',
    '#',
    '?',
    '%0d%0a',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 3\r\n',
    'Content-Length: 0\r\n',
    'Connection: close\r\n',
    'Host: b\r\n',
    '0\r\n\r\n',
  ],
  ...['GET /s HTTP/1.1\r\nHost: a\r\n\r\n', 'Expect: 100-continue\r\n', 'Upgrade: h2c\r\nConnection: Upgrade\r\n', ' HTTP/1.1', '\r\n '],
];

/** One way of damaging text. */
type Mutation = (text: string, random: Random) => string;

const insert = (text: string, at: number, more: string): string => text.slice(0, at) + more + text.slice(at);

const MUTATIONS: readonly Mutation[] = [
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
  },
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))) + text.slice(at + 1);
  },
  (text, random) => insert(text, random.below(text.length + 1), random.pick(TOKENS)),
  (text, random) => insert(text, random.below(text.length + 1), random.pick(TOKENS)),
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.below(4));
  },
  (text, random) => {
    const from = random.below(text.length);
    return insert(text, random.below(text.length), text.slice(from, from + 1 + random.below(40)));
  },
  (text, random) => text.slice(0, random.below(text.length) + 1),
  (text, random) => {
    const lines = text.split('\r\n');
    const line = lines.splice(random.below(lines.length), 1)[0] ?? '';
    lines.splice(random.below(lines.length + 1), 0, line, ...(random.oneIn(2) ? [line] : []));
    return lines.join('\r\n');
  },
  (text, random) => text.replace(/\d/g, (digit) => (random.oneIn(4) ? String(random.below(10)) : digit)),
  (text, random) => text.replace(/[a-z]/gi, (letter) => (random.oneIn(20) ? String.fromCharCode(letter.charCodeAt(0) ^ 0x20) : letter)),
  (text, random) => text.replaceAll(random.oneIn(2) ? '\r\n' : ': ', random.pick(TOKENS)),
];

/** Damages text in a few places. */
export function mutate(text: string, random: Random): string {
  let damaged = text;
  for (let count = random.below(4); count > 0 && damaged.length > 0; count -= 1) damaged = random.pick(MUTATIONS)(damaged, random);
  return damaged.slice(0, MAX_LENGTH);
}

const MAX_LENGTH = 20_000;
