import type { SeededRandom } from './seeded-random.js';

type Words = readonly [string, ...string[]];

const words = (text: string): Words => text.split(' ') as unknown as Words;

const GOODS = words(
  'lantern teapot kettle ladder pillow blanket curtain basket bottle candle carpet saddle mirror hammer bucket pencil wallet helmet jacket trousers slipper bracelet umbrella notebook calendar keyboard speaker charger printer scanner monitor tripod binoculars telescope compass thermos backpack suitcase raincoat scarf mitten sweater cushion mattress',
);
const COLOURS = words(
  'amber azure beige bronze coral crimson emerald ivory jade lilac maroon navy ochre olive peach plum ruby rust saffron teal violet',
);
const PLACES = words('Seoul Busan Daegu Incheon Gwangju Daejeon Ulsan Suwon Jeonju Cheongju Gangneung Pohang Mokpo Yeosu Sokcho Andong');
const NAMES = words(
  'Minji Seojun Haeun Jiwoo Doyun Yuna Hyunwoo Sora Taeyang Areum Jisoo Minho Eunji Kyung Dahee Woojin Nari Junho Bora Chulsoo',
);
/** Without words that SQL knows too: what is legitimate must look so to every engine. */
const PROSE = words(
  'the parcel arrived early every piece was packed carefully our family put everything together that same evening although one smaller box came dented nothing inside got damaged neighbours already asked about this lovely colour next month they want two more pieces please tell them once available many thanks kindly answered calm weekend greetings garden room looks warmer now children enjoy reading there',
);

/** A value as a visitor's browser would send it, different in nearly every call. All are plain words, numbers or tokens. */
export const VALUES = {
  number: (random) => String(random.integer(1, 9_999_999)),
  price: (random) => `${random.integer(1, 999)}.${String(random.integer(0, 99)).padStart(2, '0')}`,
  date: (random) => `20${random.integer(20, 39)}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}`,
  token: (random) => random.hex(32),
  goods: (random) => `${random.pick(COLOURS)} ${random.pick(GOODS)} ${random.integer(100, 99_999)}`,
  place: (random) => `${random.pick(PLACES)} ${random.integer(1, 9_999)}`,
  name: (random) => `${random.pick(NAMES)} ${random.pick(NAMES)}${random.integer(1, 9_999)}`,
  mail: (random) => `${random.pick(NAMES).toLowerCase()}${random.integer(1, 999_999)}@shop.example`,
  phone: (random) => `010 ${random.integer(1000, 9999)} ${random.integer(1000, 9999)}`,
  sentence: (random) => prose(random, 60),
} as const satisfies Record<string, (random: SeededRandom) => string>;

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** About so many characters of prose: words, numbers and full stops. */
export function prose(random: SeededRandom, characters: number): string {
  let text = '';
  while (text.length < characters) {
    const word = text !== '' && random.next() < 0.08 ? String(random.integer(10, 99_999)) : random.pick(PROSE);
    text += text === '' ? word : `${random.next() < 0.07 ? '. ' : ' '}${word}`;
  }
  return text.slice(0, characters).trimEnd().padEnd(characters, 'e');
}
