import { describe, expect, it } from '@jest/globals';
import { KnownHeaders } from './known-headers.js';
import { KnownName } from './entry.js';
import { KnownTexts } from './known-texts.js';
import { Subject } from './subject.js';

function slice(text: string): string {
  return ` ${text} `.slice(1, -1);
}

function knownHeaders(): KnownHeaders {
  return new KnownHeaders(
    new KnownTexts((text, isKept) => new KnownName(text, isKept)),
    new KnownTexts((text, isKept) => new Subject(text, isKept)),
  );
}

describe('request headers that came before', () => {
  it('keep name and value as they were sent, and compare without case', () => {
    const headers = knownHeaders();
    for (const name of ['Accept', 'ACCEPT', 'Accept', 'X-Odd', 'X-Odd']) {
      for (const value of ['a', 'b', 'b', 'B']) {
        expect(headers.entry(slice(name), slice(value))).toMatchObject({ name, text: value, key: name.toLowerCase() });
      }
    }
  });

  it('are one entry as long as a steady one repeats its value', () => {
    const headers = knownHeaders();
    const entries = ['text/html', 'text/html', 'text/html', '*/*', 'text/html'].map((value) => headers.entry('Accept', slice(value)));
    expect(entries[2]).toBe(entries[1]);
    expect(entries[3]!.text).toBe('*/*');
    expect(entries[4]!.text).toBe('text/html');
    expect(headers.entry('X-Id', 'same')).not.toBe(headers.entry('X-Id', 'same'));
  });

  it('are right for more names than are kept', () => {
    const headers = knownHeaders();
    for (let number = 0; number < 3000; number++) expect(headers.entry(`X-${number}`, 'v').key).toBe(`x-${number}`);
  });
});
