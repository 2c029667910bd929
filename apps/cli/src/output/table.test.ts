import { describe, expect, it } from '@jest/globals';
import { displayWidth, printable, renderTable } from './table.js';

describe('tables on a terminal', () => {
  it('align columns also where Hangul takes two cells', () => {
    const text = renderTable(
      [
        { name: '온라인 상점', n: 5 },
        { name: 'shop', n: 120 },
      ],
      [
        { title: 'NAME', value: (item) => item.name },
        { title: 'N', value: (item) => item.n },
        { title: 'END', value: () => '|' },
      ],
    );
    const columns = text.split('\n').map((line) => displayWidth(line.slice(0, line.indexOf('|'))));
    expect(columns.slice(1)).toEqual([columns[1], columns[1]]);
    expect(text).toContain('  5  |');
  });

  it('show control characters of strangers as escapes', () => {
    expect(printable('a\u001b[31mred\u0007')).toBe('a\\x1b[31mred\\x07');
  });

  it('put a dash where there is no value', () => {
    expect(renderTable([{}], [{ title: 'WHY', value: () => null }])).toBe('WHY\n-');
  });
});
