import { describe, expect, it, jest } from '@jest/globals';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { activateRuleset } from './activate-ruleset.js';
import { Transaction } from './transaction.js';

const RULES = String.raw`SecRuleEngine On
SecRule ARGS "@rx (?i)union\s+(all\s+)?select" "id:1,phase:1,pass,capture"
SecRule ARGS "@rx <script" "id:2,phase:1,pass,chain"
  SecRule ARGS "@rx [a-z]+\(\d*\)" "t:lowercase"`;

describe('a ruleset that is prepared', () => {
  it('has the machines of its patterns made one after the other, before any request', () => {
    const ruleset = activateRuleset(compileRuleset([{ name: 'test.conf', text: RULES }]).artefact);
    const prepared = jest.spyOn(GuardedMatcher.prototype, 'prepare');
    try {
      expect([...ruleset.prepare()]).toHaveLength(3);
      expect(prepared.mock.calls).toEqual([[true], [false], [false]]);
      const transaction = new Transaction(ruleset, {
        requestId: 'r',
        client: { address: '192.0.2.7', port: 1 },
        server: { address: '192.0.2.1', port: 2 },
        engineMode: 'on',
      });
      transaction.requestHead({ method: 'GET', uri: '/?a=1+union+all+select+2&b=<script>alert(1)', protocol: 'HTTP/1.1', headers: [] });
      transaction.evaluatePhase1();
      expect(transaction.matches.map(({ id }) => id)).toEqual([1, 2]);
    } finally {
      prepared.mockRestore();
    }
  });
});
