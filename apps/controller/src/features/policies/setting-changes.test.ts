import { describe, expect, it } from '@jest/globals';
import { documentChanges, settingChanges } from './setting-changes.js';

describe('changes of settings', () => {
  it('are named path by path, with null for what a side does not say', () => {
    expect(
      settingChanges(
        { level: 'detection', signatures: { paranoiaLevel: 1, inboundThreshold: 5 } },
        { level: 'prevention', signatures: { inboundThreshold: 5 }, privacy: { maskedFields: ['pin'] } },
      ),
    ).toEqual([
      { path: 'level', from: 'detection', to: 'prevention' },
      { path: 'signatures.paranoiaLevel', from: 1, to: null },
      { path: 'privacy.maskedFields', from: null, to: ['pin'] },
    ]);
  });

  it('of locks do not hang on their order', () => {
    const one = { settings: {}, locks: ['level', 'tls.minVersion'] };
    expect(documentChanges(one, { settings: {}, locks: ['tls.minVersion', 'level'] })).toEqual([]);
    expect(documentChanges(one, { settings: {}, locks: ['level'] })).toEqual([
      { path: 'locks', from: ['level', 'tls.minVersion'], to: ['level'] },
    ]);
  });
});
