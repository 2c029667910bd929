import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSteps } from '../testing/count-steps.js';
import { detectXss } from './cross-site-scripting.js';
import { describeWithCorpora, formDecode, readCorpus } from '../testing/injection-corpora.js';

const attacks: readonly string[] = [
  '<script>alert(1)</script>',
  '<x:script xmlns:x="http://www.w3.org/1999/xhtml" src="data:,alert(1)" />',
  '<xss onbeforehellfreezes=alerw(1)>',
  '/get/"onmouseover=\'prompt(document.cookie)\'"',
  '/get/index.php/<svg/onload=alert()',
  '<a href="javascript:alert(1)">)',
  '" autofocus onfocus=alert(1) x="',
  'x onerror=alert(1);>',
  "' onclick='a()",
  '` onclick=a()',
  'javascript:alert(1)',
  '<b/onclick=alert(1)>',
  '<a href=java&#115;cript:x>',
  '<a href="&#x6A;ava&Tab;script&colon;x">',
  '<a href="\x01java\nscript:x">',
  '<img title="<b" src=`x` onerror=y>',
  '<!--[if IE]><b><![endif]-->',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '<p style="width:expression(a)">',
  '<a xlink:href=x>',
  '<details open ontoggle=a>',
  '%3Cscript%3Ealert(1)%3C/script%3E',
];

const harmlessTexts: readonly string[] = [
  '',
  'this is not an XSS',
  'a < b and c > d',
  '<b>bold</b>',
  '<a href="http://x/y">x</a>',
  'x=1; online=yes',
  'foo online=1',
  'I <3 you',
  'http://example.com/?a=b&c=d',
  'key="value" other="x"',
  '<img src="data:image/png;base64,AAA">',
  '<!-- note -->',
  'learn javascript: basics',
  '<john@example.com>',
  '{"on":"x","one":1}',
  'data: 1, 2, 3',
];

const hostilePieces: readonly string[] = [
  '<', '<a ', '<a "', '<a b="', "<a b='x' ", '<!--', '<!-- ', '<?', '&#', '<a x=&#1;', '%41', '%3c', '" a=', 'a=', '` =', '<a b=c/', '/', '\0', '<a\0', 'javascript', ':', '=',
]; // prettier-ignore

describe('cross-site scripting', () => {
  it.each(attacks)('is seen in %j', (value) => {
    expect(detectXss(value)).toBe(true);
  });

  it.each(harmlessTexts)('is not seen in %j', (value) => {
    expect(detectXss(value)).toBe(false);
  });

  it('never throws, whatever the bytes', () => {
    const parts = fc.constantFrom(...hostilePieces, '>', '"', "'", 'on', 'src', 'http:', '&', ';', '-->');
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts, { maxLength: 30 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(value, (text) => typeof detectXss(text) === 'boolean'),
      { numRuns: 3000 },
    );
  });

  it.each(hostilePieces)('costs work that grows linearly with %j repeated', (piece) => {
    const small = countSteps(() => detectXss(fill(piece, 10_000)));
    const large = countSteps(() => detectXss(fill(piece, 100_000)));
    expect(large).toBeLessThan(11 * small + 10_000);
  });

  it.each(hostilePieces.slice(0, 6))('reads a megabyte of %j in at most 80 steps a byte', (piece) => {
    expect(countSteps(() => detectXss(fill(piece, 1_000_000)))).toBeLessThan(80 * 1_000_000);
  });
});

describeWithCorpora('cross-site scripting over the injection corpus', () => {
  it('detects at least 99 % of the attacks and flags no harmless text', () => {
    const lines = readCorpus('xss.txt');
    const detected = lines.filter(detectXss).length / lines.length;
    const flagged = readCorpus('benign.txt').map(formDecode).filter(detectXss);
    console.log(`cross-site scripting: ${(detected * 100).toFixed(2)} % detected, ${flagged.length} harmless texts flagged`);
    expect(detected).toBeGreaterThanOrEqual(0.99);
    expect(flagged).toEqual([]);
  });
});

function fill(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}
