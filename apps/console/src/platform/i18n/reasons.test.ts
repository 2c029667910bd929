import { describe, expect, it } from '@jest/globals';
import { chooseLanguage } from './language.js';
import { findReason } from './reasons.js';

describe('findReason', () => {
  it('knows the facet and the wording', () => {
    expect(findReason('policy: the box runs version 16, not yet 17')).toEqual({
      facet: 'policy',
      reason: 'oldVersion',
      values: { text: 'the box runs version 16, not yet 17', detail: '', running: '16', wanted: '17' },
    });
    expect(findReason('no heartbeat for 30 s')).toMatchObject({ facet: null, reason: 'silent', values: { seconds: '30' } });
    expect(findReason('signatures: worker 2 is failed')).toMatchObject({ reason: 'workerFailed', values: { worker: '2', detail: '' } });
  });

  it('leaves a wording that it does not know as it is', () => {
    expect(findReason('signatures: rules/a.conf:3: unknown operator')).toEqual({
      facet: 'signatures',
      reason: null,
      values: { text: 'rules/a.conf:3: unknown operator' },
    });
  });
});

describe('chooseLanguage', () => {
  it('takes what was chosen before what the browser prefers', () => {
    expect(chooseLanguage('en', ['ko-KR'])).toBe('en');
    expect(chooseLanguage(null, ['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(chooseLanguage(null, ['fr-FR'])).toBe('en');
    expect(chooseLanguage('xx', ['ko'])).toBe('ko');
  });
});
