import { describe, expect, it } from '@jest/globals';
import type { EventView } from '@phalanx/contracts';
import { EVENT_COLUMNS } from './resources.js';

describe('the columns of events', () => {
  it('name the gravest rule, and of several such the first', () => {
    const rule = (id: number, severity: string) => ({ id, severity });
    const event = {
      kind: 'attack',
      rules: [rule(920350, 'WARNING'), rule(942100, 'CRITICAL'), rule(949110, 'CRITICAL'), rule(980130, 'NOTICE')],
    } as unknown as EventView;
    expect(EVENT_COLUMNS['RULE']?.(event)).toBe(942100);
    expect(EVENT_COLUMNS['RULE']?.({ kind: 'attack', rules: [] } as unknown as EventView)).toBeUndefined();
    expect(EVENT_COLUMNS['RULE']?.({ kind: 'system' } as unknown as EventView)).toBeNull();
  });
});
