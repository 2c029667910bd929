import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BodyProcessor, type BodyResult, processBody } from './index.js';

const limits = { argumentLimit: 100, jsonDepth: 10 };
const MULTIPART = 'multipart/form-data; boundary=b0';

function read(processor: BodyProcessor, body: string, isTruncated: boolean): BodyResult {
  return processBody(processor, body, processor === 'MULTIPART' ? MULTIPART : '', { ...limits, isTruncated });
}

/** Sound bodies, each with a value that rules must still see when the body is cut behind it. */
const SOUND = {
  JSON: '{"first":"attack","list":[1,-2.5e3,true,null,{"deep":"caf\\u00e9 \\ud83d\\ude00 \\n end"}],"last":"x"}',
  XML: '<?xml version="1.0"?><!-- c --><r a="1"><b c="attack">attack &lt; &#x41;</b><![CDATA[<raw>]]><d e="2"/></r>',
  MULTIPART:
    '--b0\r\nContent-Disposition: form-data; name="first"\r\n\r\nattack\r\n--b0\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nline\r\n--not a boundary\r\n--b0--\r\n',
} as const satisfies Partial<Record<BodyProcessor, string>>;

const shown = ({ args, xml }: BodyResult) => JSON.stringify([args, xml]);

describe.each(Object.entries(SOUND) as [BodyProcessor, string][])(
  'a %s body of which only the beginning is examined',
  (processor, body) => {
    const head = processor === 'MULTIPART' ? '--b0\r\n'.length : 1;

    it('is no malformed one, wherever it is cut, and shows what it holds up to there', () => {
      for (let end = head; end < body.length; end++) {
        const { variables } = read(processor, body.slice(0, end), true);
        const at = `${body.slice(0, end)}|`;
        expect([at, variables['REQBODY_ERROR'], variables['REQBODY_ERROR_MSG']]).toEqual([at, '0', '']);
        expect([at, variables['MULTIPART_STRICT_ERROR'] ?? '0']).toEqual([at, '0']);
      }
      const behindAttack = body.indexOf('attack') + 'attack'.length;
      for (let end = behindAttack; end < body.length; end++) expect(shown(read(processor, body.slice(0, end), true))).toContain('attack');
    });

    it('is malformed when all of it is there', () => {
      const cut = body.slice(0, Math.floor(body.length / 2));
      expect(read(processor, cut, false).variables['REQBODY_ERROR']).toBe('1');
      expect(read(processor, cut, true).variables['REQBODY_ERROR']).toBe('0');
    });

    it('never throws', () => {
      fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...body) }), (text) => void read(processor, text, true)));
    });
  },
);

describe('a fault before the cut', () => {
  it.each([
    ['JSON', '{"a":1,,"b":"long text that is cut'],
    ['JSON', '{"a":"\\q","b":"long text that is cut'],
    ['XML', '<a><b></c><d>long text'],
    ['XML', '<a b=1><d>long text'],
    ['MULTIPART', 'no boundary at all\r\nmore'],
    ['MULTIPART', '--b0\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b0\r\n'],
  ] as const)('is one: %s %j', (processor, body) => {
    expect(read(processor, body, true).variables['REQBODY_ERROR']).toBe('1');
  });
});
