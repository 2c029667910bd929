import { browserHeaders, rawRequest, shopTarget } from './browser.js';
import type { SeededRandom } from './seeded-random.js';
import { prose, VALUES } from './vocabulary.js';

/** Length of each of the ten texts that a 10 kB body is put together from. */
export const TEXT_BYTES = 1_000;
/** Name and counter in front of each text: `&field0=00000000+`. */
const TEXT_PREFIX_BYTES = '&field0=00000000+'.length;
const TEXTS = 10;

/** A kind of legitimate request. `make` gives whole requests; of `body10k` only the head, to which the client adds ten texts. */
export interface Shape {
  readonly name: 'get' | 'post' | 'json' | 'body10k';
  readonly make: (random: SeededRandom) => string;
  /** A text for the client to put bodies together from. */
  readonly text?: (random: SeededRandom) => string;
}

function get(random: SeededRandom): string {
  return rawRequest('GET', shopTarget(random), browserHeaders(random));
}

function post(random: SeededRandom): string {
  const form = new URLSearchParams({
    name: VALUES.name(random),
    mail: VALUES.mail(random),
    phone: VALUES.phone(random),
    street: VALUES.place(random),
    delivery: VALUES.date(random),
    item: VALUES.goods(random),
    count: VALUES.number(random),
    price: VALUES.price(random),
    note: VALUES.sentence(random),
    csrf: VALUES.token(random),
  });
  return withBody(random, '/orders', 'application/x-www-form-urlencoded', form.toString());
}

function json(random: SeededRandom): string {
  const item = () => ({ id: random.integer(1, 9_999_999), title: VALUES.goods(random), price: VALUES.price(random) });
  const order = {
    customer: { name: VALUES.name(random), mail: VALUES.mail(random), city: VALUES.place(random) },
    items: [item(), item(), item()],
    delivery: VALUES.date(random),
    note: VALUES.sentence(random),
    token: VALUES.token(random),
  };
  return withBody(random, '/api/orders', 'application/json', JSON.stringify(order));
}

function withBody(random: SeededRandom, path: string, type: string, body: string): string {
  const headers = [...browserHeaders(random), 'Origin: https://shop.example', `Content-Type: ${type}`, `Content-Length: ${body.length}`];
  return rawRequest('POST', `${path}/${VALUES.number(random)}`, headers, body);
}

function headOf10k(random: SeededRandom): string {
  const length = TEXTS * (TEXT_PREFIX_BYTES + TEXT_BYTES) - 1;
  const headers = [...browserHeaders(random), 'Origin: https://shop.example', 'Content-Type: application/x-www-form-urlencoded'];
  return rawRequest('POST', `/reviews/${VALUES.number(random)}`, [...headers, `Content-Length: ${length}`]);
}

/** The four shapes of legitimate requests, in the order in which they are measured. */
export const SHAPES: readonly Shape[] = [
  { name: 'get', make: get },
  { name: 'post', make: post },
  { name: 'json', make: json },
  { name: 'body10k', make: headOf10k, text: (random) => prose(random, TEXT_BYTES).replaceAll(' ', '+') },
];
