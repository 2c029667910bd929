import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSteps } from '../testing/count-steps.js';
import { processBody } from './index.js';

const limits = { argumentLimit: 3, jsonDepth: 4 };

function read(body: string): { text: string; attributes: readonly string[] } | undefined {
  const result = processBody('XML', body, 'text/xml', limits);
  expect(result.variables).toEqual({ REQBODY_ERROR: '0', REQBODY_ERROR_MSG: '' });
  return result.xml;
}

describe('XML bodies', () => {
  it.each([
    ['<a>x</a>', 'x', []],
    ['<?xml version="1.0"?><root><a probe="1 OR 1=1"></a></root>', '', ['1 OR 1=1']],
    ['<a b=\'1\' c = "2"/>', '', ['1', '2']],
    ['<a>x<b>y</b>z</a>\n', 'xyz', []],
    ['<n:a xmlns:n="u">x</n:a >', 'x', ['u']],
    ['<a>&lt;&#x27;&#233;&amp;lt;</a>', "<'\xc3\xa9&lt;", []],
    ['<a><![CDATA[<b>&x;]]></a>', '<b>&x;', []],
    ['<!-- c --><a><!-- d -->x<?p y?></a><!-- e -->', 'x', []],
    ['\xef\xbb\xbf<a>\xc3\xa9</a>', '\xc3\xa9', []],
  ])('%j hold the text %j and the attributes %j', (body, text, attributes) => {
    expect(read(body)).toEqual({ text, attributes });
  });

  it.each([
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /declarations are refused/],
    ['<a><!ENTITY x "y"></a>', /declarations are refused/],
    ['<a>&x;</a>', /entity reference/],
    ['<a>&#0;</a>', /entity reference/],
    ['<a>&#x110000;</a>', /entity reference/],
    ['<a>& b</a>', /entity reference/],
    ['<a b="&y;"/>', /entity reference/],
    ['<a>', /not closed/],
    ['<a></b>', /end tag/],
    ['</a>', /end tag/],
    ['<a/><b/>', /second root/],
    ['x', /outside the root/],
    ['<a/>x', /outside the root/],
    ['<a b/>', /without a value/],
    ['<a b=c/>', /without quotes/],
    ['<a b="c/>', /unterminated/],
    ['<a b="<"/>', /in an attribute value/],
    ['<a b="1"c="2"/>', /no space/],
    ['<a b="1" b="2"/>', /twice/],
    ['<a b="1" c="2" d="3" e="4"/>', /more than 3 attributes/],
    ['<a>]]></a>', /in text/],
    ['<a', /malformed start tag/],
    ['<1/>', /malformed start tag/],
    ['<!-- x', /"-->" is missing/],
    ['<a><![CDATA[x</a>', /"]]>" is missing/],
    ['<a\0/>', /malformed/],
    ['<?xml version="1.0"?>', /no element/],
  ])('%j are refused: %s', (body, message) => {
    const { variables } = processBody('XML', body, 'text/xml', limits);
    expect(variables['REQBODY_ERROR']).toBe('1');
    expect(variables['REQBODY_ERROR_MSG']).toMatch(message);
  });

  it('show what was read before the fault', () => {
    expect(processBody('XML', '<a b="1">x</b>', '', limits).xml).toEqual({ text: 'x', attributes: ['1'] });
  });

  it('never throw, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      ' ',
      '=',
      '"',
      "'",
      '&',
      '&lt;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!',
      '<a>',
      '</a>',
    );
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(body, (text) => processBody('XML', text, '', limits).xml !== null),
      { numRuns: 2000 },
    );
  });

  it('cost work linear in a megabyte of hostile text', () => {
    for (const piece of ['<a>', '<', '&lt;', '&', '<!--', '<!---->', '<a a="">', ' ', 'x']) {
      const body = `<a>${piece.repeat(1_000_000 / piece.length)}`;
      expect(countSteps(() => processBody('XML', body, '', { argumentLimit: 10_000_000, jsonDepth: 1 }))).toBeLessThan(40_000_000);
    }
    const attributes = Array.from({ length: 60_000 }, (_, i) => ` a${i}="&amp;"`).join('');
    expect(countSteps(() => processBody('XML', `<a${attributes}/>`, '', { argumentLimit: 10_000_000, jsonDepth: 1 }))).toBeLessThan(
      40_000_000,
    );
  });
});
