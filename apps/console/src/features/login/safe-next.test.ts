import { describe, expect, it } from '@jest/globals';
import { safeNext } from './safe-next.js';

describe('safeNext', () => {
  it('never leads to another site', () => {
    expect(safeNext('/events?q=a')).toBe('/events?q=a');
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/login?next=/', undefined])
      expect(safeNext(bad)).toBe('/');
  });
});
