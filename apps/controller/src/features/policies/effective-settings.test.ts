import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, type PolicyDocument } from '@phalanx/contracts';
import { effectiveSettings } from './effective-settings.js';

const NOTHING: PolicyDocument = { settings: {}, locks: [] };
const layers = (provider: PolicyDocument, tenant = NOTHING, application = NOTHING) => [
  { scope: 'provider' as const, document: provider },
  { scope: 'tenant' as const, document: tenant },
  { scope: 'application' as const, document: application },
];

describe('effective settings', () => {
  it('of empty layers are the defaults', () => {
    const { settings, locks, origin } = effectiveSettings(layers(NOTHING));
    expect(settings).toEqual(DEFAULT_SETTINGS);
    expect(locks).toEqual({});
    expect(new Set(Object.values(origin))).toEqual(new Set(['default']));
  });

  it('take each value from the lowest layer that may set it, and tell which', () => {
    const { settings, origin, locks } = effectiveSettings(
      layers(
        { settings: { level: 'detection', signatures: { paranoiaLevel: 3 } }, locks: ['signatures.paranoiaLevel'] },
        { settings: { level: 'learning', limits: { urlBytes: 4096 } }, locks: ['limits.urlBytes'] },
        { settings: { level: 'prevention', signatures: { paranoiaLevel: 1 }, limits: { urlBytes: 8192 } }, locks: [] },
      ),
    );
    expect([settings.level, origin['level']]).toEqual(['prevention', 'application']);
    expect([settings.signatures.paranoiaLevel, origin['signatures.paranoiaLevel']]).toEqual([3, 'provider']);
    expect([settings.limits.urlBytes, origin['limits.urlBytes']]).toEqual([4096, 'tenant']);
    expect(locks).toEqual({ 'signatures.paranoiaLevel': 'provider', 'limits.urlBytes': 'tenant' });
  });

  it('have the digest of their meaning, whichever layer it comes from', () => {
    const prevention: PolicyDocument = { settings: { level: 'prevention' }, locks: [] };
    const digests = [layers(prevention), layers(NOTHING, prevention), layers(NOTHING, NOTHING, prevention)].map(
      (stack) => effectiveSettings(stack).digest,
    );
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).not.toBe(effectiveSettings(layers(NOTHING)).digest);
  });
});
