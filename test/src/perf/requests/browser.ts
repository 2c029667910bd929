import type { SeededRandom } from './seeded-random.js';
import { VALUES } from './vocabulary.js';

const SECTIONS = ['garden', 'kitchen', 'travel', 'office', 'winter', 'outdoor', 'living', 'books'] as const;
const LANGUAGES = ['ko-KR,ko;q=0.9,en-US;q=0.8', 'en-GB,en;q=0.9', 'de-DE,de;q=0.9,en;q=0.7', 'ja-JP,ja;q=0.9,en;q=0.8'] as const;

/** A shop's page with six query parameters that differ from request to request. */
export function shopTarget(random: SeededRandom): string {
  const query = new URLSearchParams({
    q: VALUES.goods(random),
    page: VALUES.number(random),
    sort: random.pick(['price', 'newest', 'rating']),
    from: VALUES.date(random),
    max: VALUES.price(random),
    visit: VALUES.token(random),
  });
  return `/${random.pick(SECTIONS)}/${VALUES.number(random)}?${query.toString()}`;
}

/** The headers of a browser, with four cookies; values that carry something differ from request to request. */
export function browserHeaders(random: SeededRandom): string[] {
  const version = `${random.integer(100, 139)}.0.${random.integer(1000, 9999)}.${random.integer(10, 199)}`;
  return [
    'Host: shop.example',
    'Connection: keep-alive',
    `User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    `Accept-Language: ${random.pick(LANGUAGES)}`,
    'Accept-Encoding: gzip, deflate',
    `Referer: https://shop.example/${random.pick(SECTIONS)}/${VALUES.number(random)}?visit=${VALUES.token(random)}`,
    `Cookie: session=${VALUES.token(random)}; cart=${VALUES.number(random)}; seen=${VALUES.date(random)}; theme=${random.pick(['light', 'dark'])}${random.integer(1, 99_999)}`,
    `X-Request-Id: ${random.hex(32)}`,
  ];
}

/** A whole request as bytes (latin1). */
export function rawRequest(method: string, target: string, headers: readonly string[], body = ''): string {
  return `${[`${method} ${target} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n${body}`;
}
