import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, SETTING_PATHS } from '@phalanx/contracts';
import { layersAbove } from './layers-above.js';
import { checkDraft, diffDocuments, draftOf, draftValue, issuesAt, withLock, withValue } from './policy-draft.js';
import { BASELINE, parseSubject, policyPath } from './policy-scope.js';
import { fieldGroups, settingFields } from './setting-fields.js';

const EMPTY = { settings: {}, locks: [] };

describe('a draft', () => {
  it('sets a value, and leaves it to the layers above again', () => {
    const set = withValue(withValue(draftOf(EMPTY), 'limits.headerCount', 50), 'level', 'prevention');
    expect(set.settings).toEqual({ limits: { headerCount: 50 }, level: 'prevention' });
    expect(draftValue(set, 'limits.headerCount')).toBe(50);
    expect(withValue(withValue(set, 'limits.headerCount', undefined), 'level', undefined).settings).toEqual({});
  });

  it('locks each path once', () => {
    const locked = withLock(withLock(draftOf(EMPTY), 'level', true), 'level', true);
    expect(locked.locks).toEqual(['level']);
    expect(withLock(locked, 'level', false).locks).toEqual([]);
  });

  it('is checked against the contract, each issue with its place', () => {
    const draft = withValue(withValue(draftOf(EMPTY), 'limits.headerCount', 3), 'signatures.exceptions', [{ reason: 'x' }]);
    const { document, issues } = checkDraft(draft);
    expect(document).toBeNull();
    expect(issuesAt(issues, 'limits.headerCount')).toMatchObject([{ code: 'too_small', values: { limit: 10 } }]);
    expect(issuesAt(issues, 'signatures.exceptions')).toMatchObject([{ path: 'signatures.exceptions.0' }]);
    expect(checkDraft(draftOf(EMPTY))).toEqual({ document: EMPTY, issues: [] });
    expect(checkDraft(null).document).toBeNull();
  });

  it('differs from another setting by setting', () => {
    const to = { settings: { level: 'prevention' as const }, locks: ['level'] };
    expect(diffDocuments(EMPTY, to)).toEqual([
      { path: 'level', from: undefined, to: 'prevention' },
      { path: 'locks', from: [], to: ['level'] },
    ]);
    expect(diffDocuments(to, structuredClone(to))).toEqual([]);
  });
});

describe('fields', () => {
  it('are those of the contract, each of a kind that fits its value', () => {
    const fields = settingFields();
    expect(fields.map(({ path }) => path)).toEqual(SETTING_PATHS);
    const kinds = Object.fromEntries(fields.map(({ path, kind }) => [path, kind]));
    expect(kinds).toMatchObject({
      level: 'choice',
      'signatures.paranoiaLevel': 'number',
      'signatures.exceptions': 'json',
      'signatures.customRules': 'longText',
      'clientAddress.trustedNetworks': 'words',
      'clientAddress.header': 'text',
      'privacy.maskCardNumbers': 'switch',
      'tls.certificateId': 'text',
    });
    expect(fields.find(({ path }) => path === 'limits.headerCount')).toMatchObject({ min: 10, max: 2000 });
    expect(fieldGroups(fields).map(([group]) => group)).toEqual(Object.keys(DEFAULT_SETTINGS));
  });
});

describe('layers above', () => {
  it('give values and locks, the highest lock first', () => {
    const above = layersAbove([
      { scope: 'provider', document: { settings: { level: 'prevention' }, locks: ['level'] } },
      { scope: 'tenant', document: { settings: { level: 'learning', limits: { headerCount: 20 } }, locks: ['level'] } },
    ]);
    expect(above.settings.level).toBe('prevention');
    expect(above.settings.limits.headerCount).toBe(20);
    expect(above.locks).toEqual({ level: 'provider' });
  });
});

describe('subjects', () => {
  it('have their place in the API', () => {
    expect(policyPath({ scope: 'provider', id: BASELINE })).toBe('/policies/provider');
    expect(policyPath({ scope: 'tenant', id: 't' })).toBe('/policies/tenants/t');
    expect(parseSubject('cluster', 'x')).toBeNull();
  });
});
