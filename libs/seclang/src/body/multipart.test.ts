import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSteps } from '../testing/count-steps.js';
import { processBody } from './index.js';
import type { BodyResult } from './index.js';

const limits = { argumentLimit: 3, jsonDepth: 4 };
const contentType = 'multipart/form-data; boundary=XX';

function read(lines: readonly string[], type = contentType, lineEnd = '\r\n'): BodyResult {
  return processBody('MULTIPART', lines.join(lineEnd), type, limits);
}

/** The MULTIPART_* flags that are set, without their prefix, and the message. */
function oddities(result: BodyResult): string[] {
  const flags = Object.entries(result.variables).filter(([name, value]) => name.startsWith('MULTIPART_') && value !== '0');
  return flags.map(([name]) => name.slice(10)).filter((name) => name !== 'NAME' && name !== 'FILENAME');
}

const part = ['--XX', 'Content-Disposition: form-data; name="a"', '', '1'];
const fullBody = [...part, '--XX--', ''];

describe('multipart bodies', () => {
  it('give arguments, files and part headers, and no oddity when they are strict', () => {
    const result = read([
      ...part,
      '--XX',
      'Content-Disposition: form-data; name="f"; filename="x.txt"',
      'Content-Type: text/plain',
      '',
      'line 1',
      'line 2',
      '--XX--',
      '',
    ]);
    expect(result.args).toEqual([{ name: 'a', value: '1' }]);
    expect(result.files).toEqual([{ field: 'f', fileName: 'x.txt', size: 14, contentType: 'text/plain', content: 'line 1\r\nline 2' }]);
    expect(result.partHeaders).toEqual([
      { name: 'a', value: 'Content-Disposition: form-data; name="a"' },
      { name: 'f', value: 'Content-Disposition: form-data; name="f"; filename="x.txt"' },
      { name: 'f', value: 'Content-Type: text/plain' },
    ]);
    expect(oddities(result)).toEqual([]);
    expect(result.variables).toMatchObject({
      REQBODY_ERROR: '0',
      REQBODY_ERROR_MSG: '',
      MULTIPART_STRICT_ERROR: '0',
      MULTIPART_NAME: 'f',
      MULTIPART_FILENAME: 'x.txt',
      FILES_COMBINED_SIZE: '14',
    });
  });

  it.each<[string, readonly string[], string, readonly string[]]>([
    ['a quoted boundary', fullBody, 'multipart/form-data; boundary="XX"', ['BOUNDARY_QUOTED', 'STRICT_ERROR']],
    ['space around the boundary', fullBody, 'multipart/form-data; boundary= XX', ['BOUNDARY_WHITESPACE', 'STRICT_ERROR']],
    ['text before the first part', ['x', ...fullBody], contentType, ['DATA_BEFORE', 'STRICT_ERROR']],
    ['text after the last part', [...fullBody, 'x'], contentType, ['DATA_AFTER', 'STRICT_ERROR']],
    ['a folded header', ['--XX', 'Content-Disposition: form-data;', ' name="a"', '', '', '--XX--'], contentType, ['HEADER_FOLDING', 'STRICT_ERROR']],
    ['a badly folded header', ['--XX', 'Content-Disposition: form-data;', '\vname="a"', '', '', '--XX--'], contentType, ['HEADER_FOLDING', 'INVALID_HEADER_FOLDING', 'STRICT_ERROR']],
    ['single quotes', ['--XX', "Content-Disposition: form-data; name='a'", '', '', '--XX--'], contentType, ['INVALID_QUOTING', 'STRICT_ERROR']],
    ['a missing semicolon', ['--XX', 'Content-Disposition: form-data name="a"', '', '', '--XX--'], contentType, ['MISSING_SEMICOLON', 'SEMICOLON_MISSING', 'STRICT_ERROR']],
    ['a line with the boundary inside', ['--XX', part[1] ?? '', '', '--yXX', '--XX--'], contentType, ['UNMATCHED_BOUNDARY']],
    ['a part without headers end', ['--XX', part[1] ?? '', '--XX--'], contentType, ['INVALID_PART', 'STRICT_ERROR']],
    ['a part without Content-Disposition', ['--XX', 'A: b', '', '--XX--'], contentType, ['INVALID_PART', 'STRICT_ERROR']],
    ['too many parts', [...part, ...part, ...part, ...part, '--XX--'], contentType, ['FILE_LIMIT_EXCEEDED', 'STRICT_ERROR']],
  ])('with %s are marked', (_title, lines, type, flags) => {
    expect(new Set(oddities(read(lines, type)))).toEqual(new Set(flags));
  }); // prettier-ignore

  it('mark line feeds without carriage return, and both line ends in one body', () => {
    expect(oddities(read(fullBody, contentType, '\n'))).toEqual(['LF_LINE', 'STRICT_ERROR']);
    const mixed = `${part.join('\r\n')}\n--XX--\r\n`;
    expect(new Set(oddities(processBody('MULTIPART', mixed, contentType, limits)))).toEqual(
      new Set(['LF_LINE', 'CRLF_LF_LINES', 'STRICT_ERROR']),
    );
  });

  it('tell a line that only starts like a boundary from one that carries it', () => {
    const signature = read(['--XX', part[1] ?? '', '', '-----BEGIN KEY-----', '--XX--']);
    expect(signature.variables).toMatchObject({ MULTIPART_UNMATCHED_BOUNDARY: '2', MULTIPART_STRICT_ERROR: '0' });
    expect(signature.args).toEqual([{ name: 'a', value: '-----BEGIN KEY-----' }]);
  });

  it.each<[string, readonly string[], string]>([
    ['final boundary is missing', part, contentType],
    ['no boundary in the body', ['x'], contentType],
    ['characters after a boundary', ['--XXy', ...part, '--XX--'], contentType],
    ['boundary after the final boundary', [...fullBody, '--XX--'], contentType],
    ['no boundary in Content-Type', fullBody, 'multipart/form-data'],
    ['Content-Type is not multipart/form-data', fullBody, 'multipart/mixed; boundary=XX'],
    ['more than one boundary in Content-Type', fullBody, 'multipart/form-data; boundary=XX; boundary=YY'],
    ['empty boundary in Content-Type', fullBody, 'multipart/form-data; boundary='],
    ['boundary in Content-Type is too long', fullBody, `multipart/form-data; boundary=${'x'.repeat(71)}`],
    ['invalid quoting of the boundary in Content-Type', fullBody, 'multipart/form-data; boundary="XX'],
    ['invalid character in the boundary', fullBody, 'multipart/form-data; boundary=X"X'],
    ['part header without a colon', ['--XX', 'x', '', '--XX--'], contentType],
    ['part header given twice', ['--XX', part[1] ?? '', part[1] ?? '', '', '--XX--'], contentType],
    ['folded line before the first part header', ['--XX', ' x', '', '--XX--'], contentType],
    ['NUL byte in a part header', ['--XX', 'Content-Disposition: form-data; name="a\0"', '', '--XX--'], contentType],
    ['malformed Content-Disposition', ['--XX', 'Content-Disposition: form-data; name="a"; name="b"', '', '--XX--'], contentType],
    ['malformed Content-Disposition', ['--XX', 'Content-Disposition: attachment; name="a"', '', '--XX--'], contentType],
    ['malformed Content-Disposition', ['--XX', 'Content-Disposition: form-data; name="a', '', '--XX--'], contentType],
    ['part without a name', ['--XX', 'Content-Disposition: form-data', '', '--XX--'], contentType],
  ])('are refused: %s', (message, lines, type) => {
    expect(read(lines, type).variables).toMatchObject({
      REQBODY_ERROR: '1',
      REQBODY_ERROR_MSG: `Multipart: ${message}`,
      MULTIPART_STRICT_ERROR: '1',
    });
  });

  it('show the argument of a part that was cut off', () => {
    expect(read(part).args).toEqual([{ name: 'a', value: '1' }]);
  });

  it('report the headers of a part that has no name', () => {
    expect(read(['--XX', 'Content-Type: text/x', '', '1', '--XX--']).partHeaders).toEqual([{ name: '', value: 'Content-Type: text/x' }]);
  });

  it('unescape only quotes and backslashes in names', () => {
    const { args } = read(['--XX', 'Content-Disposition: form-data; name="a\\"b\\\\c\\d"', '', '', '--XX--']);
    expect(args[0]?.name).toBe('a"b\\c\\d');
  });

  it('never throw, and give back what was sent, whatever the bytes', () => {
    const pieces = fc.constantFrom('--XX', '--XX--', '\r\n', '\n', 'Content-Disposition: form-data; name="a"', '; filename="b"', ':', ' ', '"', "'", '\0', 'x');
    const body = fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')));
    fc.assert(fc.property(body, fc.string(), (text, boundary) => {
      const result = processBody('MULTIPART', text, `multipart/form-data; boundary=${boundary}`, limits);
      return result.variables['MULTIPART_STRICT_ERROR'] !== undefined;
    }), { numRuns: 1000 });
    const content = fc.string({ unit: 'binary' }).filter((text) => !text.includes('--'));
    fc.assert(fc.property(content, (text) => {
      const sent = Buffer.from(text, 'utf8').toString('latin1');
      expect(read(['--XX', part[1] ?? '', '', sent, '--XX--', '']).args).toEqual([{ name: 'a', value: sent }]);
    }));
  }); // prettier-ignore

  it('cost work linear in a megabyte of hostile text', () => {
    const generous = { argumentLimit: 10_000_000, jsonDepth: 1 };
    for (const piece of [
      '\n',
      '--\n',
      '--X\n',
      '--XX\r\n',
      'a:b\r\n',
      ' \r\n',
      '--XX\r\nA:b\r\n\r\n',
      '"',
      'Content-Disposition: form-data; name="',
    ]) {
      const body = `--XX\r\n${piece.repeat(1_000_000 / piece.length)}`;
      expect(countSteps(() => processBody('MULTIPART', body, contentType, generous))).toBeLessThan(40_000_000);
    }
  });
});
