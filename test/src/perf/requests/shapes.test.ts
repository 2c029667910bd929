import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';
import { SHAPES, TEXT_BYTES } from './shapes.js';

describe.each(SHAPES)('requests of the shape $name', ({ name, make, text }) => {
  it('are the same in every run with the same seed', () => {
    expect(make(new SeededRandom(1))).toBe(make(new SeededRandom(1)));
    expect(make(new SeededRandom(1))).not.toBe(make(new SeededRandom(2)));
  });

  it('differ from each other', () => {
    const random = new SeededRandom(3);
    expect(new Set(Array.from({ length: 2_000 }, () => make(random))).size).toBe(2_000);
  });

  it('state the length of their body', () => {
    const random = new SeededRandom(4);
    const [head = '', body = ''] = make(random).split('\r\n\r\n');
    const stated = Number(/^Content-Length: (\d+)$/m.exec(head)?.[1] ?? 0);
    const texts = text ? Array.from({ length: 10 }, (_, field) => `field${field}=00000000+${text(random)}`).join('&') : '';
    expect(stated).toBe(name === 'get' ? 0 : (body + texts).length);
    if (text) expect(text(random)).toHaveLength(TEXT_BYTES);
  });
});
