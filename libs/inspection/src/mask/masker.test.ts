import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '@phalanx/contracts';
import { maskCardNumbers } from './card-numbers.js';
import { Masker } from './masker.js';

const masker = new Masker(DEFAULT_SETTINGS.privacy);
const NO_REQUEST = { query: '', headers: [] };

describe('card numbers', () => {
  it.each([
    ['4111111111111111', '************1111'],
    ['card=4111 1111 1111 1111;', 'card=**** **** **** 1111;'],
    ['5500-0055-5555-5559', '****-****-****-5559'],
    ['n=4111%201111%201111%201111', 'n=****%20****%20****%201111'],
    ['x=%34111111111111111', 'x=************1111'],
    ['id=20%204111111111111111x', 'id=20%20************1111x'],
    ['378282246310005', '***********0005'],
  ])('masks all but four digits of %s', (text, masked) => {
    expect(maskCardNumbers(text)).toBe(masked);
  });

  it.each(['4111111111111112', '1700000000000', '20261121193025123', 'phone 010-1234-5678', '0000000000000000'])(
    'leaves %s as it is',
    (text) => {
      expect(maskCardNumbers(text)).toBe(text);
    },
  );
});

describe('masked fields', () => {
  it('hides the values of secret arguments without regard to case and encoding of the name', () => {
    const view = masker.forRequest(NO_REQUEST, '');
    expect(view.query("id=1'&PassWord=hunter2&pass%77ord=geheim&user[pwd]=x1y2&q=1", 4000)).toBe(
      "id=1'&PassWord=***&pass%77ord=***&user[pwd]=***&q=1",
    );
  });

  it('hides what matched in a secret argument, header or cookie', () => {
    const view = masker.forRequest(NO_REQUEST, '');
    expect(view.matched('ARGS:password', "' or 1=1--", 200)).toBe('***');
    expect(view.matched('REQUEST_HEADERS:Authorization', 'Basic abc', 200)).toBe('***');
    expect(view.matched('REQUEST_COOKIES:sid', '1 union select', 200)).toBe('***');
    expect(view.matched('ARGS:json.user.Token', 'abc', 200)).toBe('***');
    expect(view.matched('ARGS:id', "1' or 1=1--", 200)).toBe("1' or 1=1--");
  });

  it('finds a secret value in other texts of the request, also a piece of it', () => {
    const view = masker.forRequest({ query: 'password=Tr0ub4dor%263', headers: [] }, '{"api_key": "k-99887766", "x": 1}');
    expect(view.text('/login?tr0ub4dor&3 and K-99887766', 200)).toBe('/login?*** and ***');
    expect(view.matched('REQUEST_BODY', '9988', 200)).toBe('***');
  });

  it('hides secrets in raw bodies of every kind', () => {
    const view = masker.forRequest(NO_REQUEST, '');
    expect(view.matched('REQUEST_BODY', 'a=1&password=x y&b=2', 200)).toBe('a=1&password=***&b=2');
    expect(view.matched('REQUEST_BODY', '{"password":"s\\"ecret","b":2}', 200)).toBe('{"password":"***","b":2}');
    expect(view.matched('REQUEST_BODY', '<u><Password>abc</Password></u>', 200)).toBe('<u><Password>***</Password></u>');
    expect(view.matched('REQUEST_BODY', 'name="secret"\r\n\r\nabc\r\n--', 200)).toBe('name="secret"\\x0d\\x0a\\x0d\\x0a***\\x0d\\x0a--');
  });

  it('shows bytes that do not print as escapes, within the limit and never cut inside one', () => {
    const view = masker.forRequest(NO_REQUEST, '');
    expect(view.text('a\\b\x00\xff', 200)).toBe('a\\x5cb\\x00\\xff');
    expect(view.text('ab\x00\x01', 8)).toBe('ab\\x00');
    expect(view.text('x'.repeat(500), 200)).toHaveLength(200);
  });

  it('masks before it cuts, so that a number at the cut is not shown in part', () => {
    const view = masker.forRequest(NO_REQUEST, '');
    expect(view.text(`${'a'.repeat(190)} 4111111111111111`, 200)).toBe(`${'a'.repeat(190)} *********`);
  });

  it('masks hostile text in a time that grows with its length only', () => {
    const view = masker.forRequest(NO_REQUEST, '');
    // Processor time, as a ratio: four times the text costs four times as much, and sixteen times if it were quadratic.
    const cost = (piece: string, times: number): number => {
      const before = process.threadCpuUsage();
      view.text(piece.repeat(times), 200);
      const { user, system } = process.threadCpuUsage(before);
      return user + system;
    };
    for (const piece of ['4', 'password', 'password=', 'name="password"\n', '<password ', '"password":"\\']) {
      cost(piece, 20_000);
      const [small, large] = [cost(piece, 20_000), cost(piece, 80_000)];
      expect([piece, large < 10 * small + 50_000]).toEqual([piece, true]);
    }
  });
});
