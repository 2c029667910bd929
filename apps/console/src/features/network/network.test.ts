import { describe, expect, it } from '@jest/globals';
import { DEFAULT_NETWORK_POLICY } from '@phalanx/contracts';
import { checkDraft, draftOf, moved, newRule } from './network-draft.js';

describe('a network draft', () => {
  it('begins with the default policy and members that set nothing', () => {
    const draft = draftOf(null, ['11111111-1111-4111-8111-111111111111']);
    expect(draft.policy).toEqual(DEFAULT_NETWORK_POLICY);
    expect(draft.members).toEqual([{ applianceId: '11111111-1111-4111-8111-111111111111', network: { interfaces: [], routes: [] } }]);
    expect(checkDraft(draft)).toEqual({ draft, issues: [] });
  });

  it('names the place of what is wrong', () => {
    const draft = draftOf(null, []);
    const { draft: none, issues } = checkDraft({ ...draft, policy: { ...draft.policy, confirmSeconds: 1 } });
    expect(none).toBeNull();
    expect(issues.map(({ path }) => path)).toEqual(['policy.confirmSeconds']);
  });

  it('moves rules within the list only', () => {
    const rules = ['a', 'b', 'c'].map(newRule);
    const names = (index: number, by: number) => moved(rules, index, by).map(({ name }) => name);
    expect(names(0, 1)).toEqual(['b', 'a', 'c']);
    expect(names(2, -2)).toEqual(['c', 'a', 'b']);
    expect(names(0, -1)).toEqual(['a', 'b', 'c']);
  });

  it('adds rules that the contract accepts and that let nothing through', () => {
    const rule = newRule('x');
    expect(checkDraft({ ...draftOf(null, []), policy: { ...DEFAULT_NETWORK_POLICY, rules: [rule] } }).issues).toEqual([]);
    expect(rule.action).toBe('drop');
  });
});
