import type { SeededRandom } from '../requests/seeded-random.js';
import { prose } from '../requests/vocabulary.js';

/** Hostile bytes (latin1), as many as asked for, without regard to how they are sent. */
export interface Payload {
  readonly name: string;
  readonly make: (bytes: number, random: SeededRandom) => string;
}

const KOREAN =
  '안녕하세요 고객님 주문하신 상품이 오늘 오전에 출고되어 내일까지 도착할 예정입니다 문의 사항은 언제든지 남겨 주세요 감사합니다 ';

const repeated = (name: string, unit: string): Payload => ({
  name,
  make: (bytes) => unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes),
});

function drawn(random: SeededRandom, bytes: number, least: number, most: number): string {
  let text = '';
  for (let index = 0; index < bytes; index++) text += String.fromCharCode(random.integer(least, most));
  return text;
}

/** Texts for one value. */
export const TEXTS: readonly Payload[] = [
  repeated('spaces', ' '),
  repeated('dashes', '-'),
  repeated('single-quotes', "'"),
  repeated('double-quotes', '"'),
  repeated('less-than', '<'),
  repeated('brackets', '('),
  repeated('letter-a', 'a'),
  repeated('slashes', '/'),
  repeated('dots', '../'),
  repeated('backslashes', '\\'),
  repeated('semicolons', ';'),
  repeated('percent', '%25'),
  repeated('comments', '/*'),
  repeated('sql-words', "' or 1=1 union select "),
  repeated('tags', '<a onclick=x href=javascript:'),
  { name: 'random-letters', make: (bytes, random) => drawn(random, bytes, 0x61, 0x7a) },
  { name: 'random-printable', make: (bytes, random) => drawn(random, bytes, 0x20, 0x7e) },
  { name: 'random-bytes', make: (bytes, random) => drawn(random, bytes, 0, 255) },
  { name: 'english', make: (bytes, random) => prose(random, bytes) },
  repeated('korean', Buffer.from(KOREAN, 'utf8').toString('latin1')),
];
