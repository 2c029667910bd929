import { describe, expect, it } from '@jest/globals';
import type { ApplianceStateView, ApplicationView, Upstream } from '@phalanx/contracts';
import { filterApplications, parseApplicationSearch } from './application-search.js';
import { describeTargets } from './describe-upstream.js';
import { appliedAfterMs, changeStep, policyDigests } from './level-change.js';

const state = (policy: object) => ({ applianceId: 'b1', facets: [{ facet: 'policy', ...policy }] }) as unknown as ApplianceStateView;
const release = (sha256: string) => ({ sha256 });

describe('changeStep', () => {
  it('goes from the wish to what runs', () => {
    expect(changeStep('old', state({ desired: release('old'), state: 'applied', applied: release('old') }))).toBe('writing');
    expect(changeStep('old', state({ desired: release('new'), sent: release('old'), state: 'pending', applied: release('old') }))).toBe(
      'sending',
    );
    expect(changeStep('old', state({ desired: release('new'), sent: release('new'), state: 'pending', applied: release('old') }))).toBe(
      'applying',
    );
    expect(changeStep('old', state({ desired: release('new'), sent: release('new'), state: 'applied', applied: release('new') }))).toBe(
      'applied',
    );
    expect(changeStep('old', state({ desired: release('new'), sent: release('new'), state: 'failed', applied: release('old') }))).toBe(
      'failed',
    );
    expect(changeStep(undefined, state({ desired: null, state: 'absent' }))).toBe('writing');
  });

  it('does not take a box’s word for another release as applied', () => {
    expect(changeStep('old', state({ desired: release('new'), sent: release('new'), state: 'applied', applied: release('old') }))).toBe(
      'applying',
    );
  });

  it('remembers what each box was to run before', () => {
    expect(policyDigests([state({ desired: release('old') })])).toEqual({ b1: 'old' });
    expect(appliedAfterMs(state({ desiredAt: '2026-01-01T00:00:00.000Z', appliedAt: '2026-01-01T00:00:01.200Z' }))).toBe(1200);
    expect(appliedAfterMs(state({ desiredAt: '2026-01-01T00:00:02.000Z', appliedAt: '2026-01-01T00:00:01.000Z' }))).toBeNull();
  });
});

describe('the list of applications', () => {
  const items = [
    { name: 'Online shop', hosts: ['shop.example'], level: 'prevention' },
    { name: 'Portal', hosts: ['bank.example'], level: 'detection' },
  ] as unknown as ApplicationView[];

  it('is narrowed by name, host and level', () => {
    expect(filterApplications(items, { q: 'BANK' })).toEqual([items[1]]);
    expect(filterApplications(items, { level: 'prevention' })).toEqual([items[0]]);
    expect(filterApplications(items, parseApplicationSearch({ level: 'none' }))).toEqual(items);
  });

  it('names origins as addresses', () => {
    const upstream = {
      protocol: 'https',
      targets: [
        { host: '10.0.0.1', port: 443 },
        { host: '2001:db8::1', port: 8443 },
      ],
    } as unknown as Upstream;
    expect(describeTargets(upstream)).toBe('https://10.0.0.1:443, [2001:db8::1]:8443');
  });
});
