import { describe, expect, it } from '@jest/globals';
import { describeChange, parsePolicyFile } from './apply.js';

const FILE = `
kind: Policy
scope: application
tenant: hanbit
application: Online shop
settings:
  level: prevention
  signatures: { paranoiaLevel: 2 }
locks: []
`;

describe('a policy file', () => {
  it('is parsed into the document that the API takes', () => {
    expect(parsePolicyFile(FILE, 'p.yaml')).toMatchObject({
      scope: 'application',
      settings: { level: 'prevention', signatures: { paranoiaLevel: 2 } },
      locks: [],
      comment: '',
    });
  });

  it.each([
    ['an unknown setting', FILE.replace('paranoiaLevel', 'paranoia'), /settings\.signatures/],
    ['a value out of range', FILE.replace('paranoiaLevel: 2', 'paranoiaLevel: 9'), /settings\.signatures\.paranoiaLevel/],
    ['a lock on something that is no setting', FILE.replace('locks: []', 'locks: [nothing]'), /locks\.0/],
    ['no application', FILE.replace('application: Online shop\n', ''), /needs `application`/],
    ['broken YAML', 'kind: [', /p\.yaml/],
  ])('with %s is refused naming the place', (_what, text, expected) => {
    expect(() => parsePolicyFile(text, 'p.yaml')).toThrow(expected);
  });
});

describe('a change', () => {
  it('is shown as what was and what will be, with the applications it reaches', () => {
    const change = { path: 'level', from: 'detection', to: 'prevention' };
    const text = describeChange({
      dryRun: true,
      policy: null,
      changes: [change],
      affected: [{ applicationId: 'a', name: 'Shop', changes: [change] }],
    });
    expect(text).toBe('  level\n-   "detection"\n+   "prevention"\naffects 1 application:\n  Shop: level "detection" -> "prevention"');
  });

  it('that is none says so', () => {
    expect(describeChange({ dryRun: true, policy: null, changes: [], affected: [] })).toBe('nothing changes');
  });
});
