import { describe, expect, it } from '@jest/globals';
import type { Difference, SideVerdict } from './comparison.js';
import { explain } from './explanations.js';
import { request } from './verdict-case.js';

const PASSED: SideVerdict = { status: 200, isBlocked: false, rules: [] };

function blockedBy(...ids: number[]): SideVerdict {
  const rules = [...ids, 949_110].map((id) => ({ id, data: `Matched Data: nc found within ARGS:q: x/*` }));
  return { status: 403, isBlocked: true, rules };
}

function difference(engine: SideVerdict, modSecurity: SideVerdict): Difference {
  return { of: { source: 'traffic', name: 'get 1', bytes: request('GET', '/?q=1') }, engine, modSecurity };
}

describe('a difference between the engines', () => {
  it('is explained by the detector that alone found something', () => {
    expect(explain(difference(PASSED, blockedBy(942_100)))).toMatch(/C comment sign/);
    expect(explain(difference(blockedBy(941_100), PASSED))).toMatch(/libinjection overlooks/);
  });

  it('is not explained where any other rule tells the engines apart', () => {
    expect(explain(difference(PASSED, blockedBy(942_100, 932_160)))).toBeNull();
    expect(explain(difference(blockedBy(930_120), PASSED))).toBeNull();
  });

  it('is not explained where one blocks without a rule', () => {
    expect(explain(difference(PASSED, { status: 400, isBlocked: true, rules: [] }))).toBeNull();
  });
});
